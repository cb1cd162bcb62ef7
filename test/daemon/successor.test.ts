import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../db/transaction.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

/** Only the lock's holder takes over its predecessor's tasks: a name that merely looks alike is somebody else's. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  it('takes over the tasks of its own name at once, and no others', async () => {
    lab = await makeLab(await open(), { nodes: 1 });
    const running = await Promise.all(['a_b:1', 'axb:2', 'A_B:3'].map(runningFor));
    await lab.startDaemon({ holder: 'a_b:4' });
    const rows = await reading(lab.db, (reader) =>
      reader.rows<{ id: number; claimed_by: string | null; status: string }>(
        'SELECT id, claimed_by, status FROM tasks ORDER BY id',
      ),
    );
    const holders = running.map((id) => rows.find((row) => row.id === id)?.claimed_by);
    assert.notEqual(holders[0], 'a_b:1');
    assert.deepEqual(holders.slice(1), ['axb:2', 'A_B:3']);
  });

  async function runningFor(holder: string, index: number): Promise<number> {
    return inTransaction(lab.db, (tx) =>
      tx.insert('tasks', {
        action: 'notify',
        target_type: 'reservation',
        target_id: index,
        place_id: 1,
        args: '{}',
        status: 'running',
        claimed_by: holder,
        claim_until: tx.now + 60_000,
        run_after: tx.now,
        created_at: tx.now,
      }),
    );
  }
});
