import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../db/transaction.ts';
import { states } from '../../modules/state/registry.ts';
import type { Daemon } from '../../src/daemon/create-daemon.ts';
import { stopGuests } from '../../src/daemon/stop-guests.ts';
import { makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';
import { list } from '../helpers/test-machines.ts';

/** A daemon that is told to stop in the very moment in which it claims a task. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  it('does not begin what it claims meanwhile: it leaves it to the next one', async () => {
    lab = await makeLab(await open(), { nodes: 1 });
    let daemon: Daemon | undefined;
    let stopped: Promise<void> | undefined;
    const purge = {
      ...states.purge,
      /** Read in the transaction that claims. */
      get holds() {
        stopped ??= daemon?.stop();
        return [];
      },
      run: () => new Promise<never>(() => undefined),
    };
    daemon = await lab.startDaemon({ states: { ...states, purge } });
    const id = await inTransaction(lab.db, (tx) =>
      tx.insert('tasks', {
        action: 'purge',
        target_type: 'place',
        target_id: 1,
        place_id: 1,
        args: '{}',
        status: 'queued',
        run_after: tx.now,
        created_at: tx.now,
      }),
    );
    await lab.until(async () => stopped !== undefined);
    await stopped;
    const [task] = await reading(lab.db, (reader) =>
      reader.rows<{ status: string; result: string }>(`SELECT status, result FROM tasks WHERE id = ${id}`),
    );
    assert.deepEqual({ ...task }, { status: 'queued', result: 'the daemon stopped' });
  });

  it('leaves no machine of an earlier load running that nobody has', async () => {
    lab = await makeCrashLab(await open(), { nodes: 1 });
    const daemon = await lab.startDaemon();
    await untilSettled(lab.db);
    await daemon.stop();
    const machines = () => list(poolFolder(lab.directory)).filter((name) => name.endsWith('.json'));
    assert.equal(machines().length, 1);
    await inTransaction(lab.db, (tx) => tx.table('nodes').increment('load_no'));
    await stopGuests(lab.deps, { reserved: false });
    assert.deepEqual(machines(), []);
  });
});
