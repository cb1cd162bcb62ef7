import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, migrate } from '../../db/connect.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { startFrom } from '../../modules/provisioning/shared/bmc/switch-power.ts';
import { readSeen } from '../../modules/provisioning/shared/metal/image-server/seen-machines.ts';
import { rackFiles } from '../../src/cli/rack/rack-node.ts';
import { ExecError, exec } from '../../src/lib/exec.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { checkRows } from '../helpers/crash-lab.ts';
import { startDaemonProcess } from '../helpers/daemon-child.ts';
import { type GuestShell, logIn } from '../helpers/guest-ssh.ts';
import type { Lab } from '../helpers/lab.ts';
import { makeRackLab, type RackLab } from '../helpers/rack-lab.ts';
import { waitForBanner } from '../helpers/ssh-banner.ts';
import type { Counts, ToldMachine } from '../helpers/told-machine.ts';

const hours = 10_000;
/** A guest here shares two processors with whatever else runs: it may take twenty times as long as alone. */
const patience = 1_800;
const times = {
  ...{ loadTimeoutSeconds: hours, acknowledgeSeconds: hours, initialConnectSeconds: hours },
  ...{ reconnectSeconds: hours, inuseCheckSeconds: hours },
};

/** Two emulated machines and a daemon in a process of its own: each test goes on with what the one before left. */
describe('two machines of a rack, one of which is killed', function () {
  this.timeout(7_200_000);
  let folder: string;
  let db: Database;
  let rack: RackLab;
  let lab: Lab;
  let daemon: ChildProcess;
  let ann: SignedIn;
  let admin: SignedIn;
  let id: number;
  /** Of Ann's machine. */
  let hers: number;
  const url = () => `sqlite:${join(folder, 'labrador.sqlite')}`;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-killed-rack-'));
    db = connectDatabase(url());
    await migrate(db);
    rack = await makeRackLab(db, 2);
    lab = rack.lab;
    ann = await lab.person('ann');
    admin = await lab.person('ada', { role: 'administrator' });
    await startDaemon();
  });
  after(async () => {
    if (daemon) await killDaemon();
    await rack?.close();
    await db?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startDaemon(): Promise<void> {
    daemon = startDaemonProcess();
    daemon.send({ url: url(), directory: lab.directory, stay: true, name: 'rack', options: { times } });
    await once(daemon, 'message');
  }
  async function killDaemon(): Promise<void> {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await gone;
  }
  const machine = (node: number) => rack.machines.get(node) as ToldMachine;
  const state = async (node: number) => (await lab.services.inspectNode(admin, node)).state;
  const untilState = (node: number, wanted: string) =>
    lab.until(async () => (await state(node)) === wanted, patience);
  /** The node of which an agent says that it writes, since that event. */
  const writing = (after: number) =>
    lab.until(
      () =>
        reading(db, async (reader) => {
          const [row] = await reader.rows<{ id: number; node_id: number }>(
            `SELECT id, node_id FROM events WHERE kind = 'progress' AND data LIKE '%writing the disk%' AND id > ? ORDER BY id LIMIT 1`,
            [after],
          );
          return row ?? false;
        }),
      patience,
    );
  const herShell = async (): Promise<GuestShell> => {
    const { methods } = await lab.services.connection(ann, id);
    const [method] = methods;
    assert.ok(method);
    const { port, username, password } = method;
    await waitForBanner(port, AbortSignal.timeout(patience * 1000));
    return await logIn({ port, username, password, patience: patience * 1000 });
  };

  it('serves its person on the other, and is cleaned though the daemon is killed at that (req. 10, 13)', async () => {
    let broken = 0;
    const { first, other } = await counting(async () => {
      id = (await lab.services.reserve(ann, { image: 'tiny', minutes: 600 })).id;
      const begun = await writing(0);
      broken = begun.node_id;
      hers = broken === 1 ? 2 : 1;
      await machine(broken).kill();
      await untilState(broken, 'failed');
      const last = await reading(db, async (reader) => {
        const [row] = await reader.rows<{ id: number }>('SELECT MAX(id) AS id FROM events');
        return Number(row?.id);
      });
      await writing(last);
      await killDaemon();
      await startDaemon();
      await lab.until(async () => {
        const { state } = await lab.services.getReservation(ann, id);
        return state === 'reserved';
      }, patience);
      await untilState(broken, 'available');
    });
    const { off, ...killed } = broken === 1 ? first : other;
    // Written in part by the agent that was killed; nothing is to lie on it, so that the other has cleaned it.
    assert.deepEqual(killed, { ...{ on: 2, network: 2, starts: 2 }, ...{ agents: 2, writes: 1, whole: 0 } });
    assert.ok(off <= 1, 'its agent may have switched it off by itself');
    assert.deepEqual(broken === 1 ? other : first, {
      ...{ on: 1, off: 0, network: 1, starts: 1 },
      ...{ agents: 1, writes: 1, whole: 1 },
    });
  });

  /** Of both machines. */
  async function counting(work: () => Promise<void>): Promise<{ first: Counts; other: Counts }> {
    const first: Counts[] = [];
    const other = await machine(2).during(async () => {
      first.push(await machine(1).during(work));
    });
    return { first: first[0] as Counts, other };
  }

  it('is started from the network ten times without a job: it is never written again (req. 16)', async () => {
    await acknowledge(lab.deps, ann, id, 'test');
    await lab.until(async () => {
      const { accessOpened } = await opened();
      return accessOpened;
    }, patience);
    const shell = await herShell();
    await shell.run('echo mine-alone >marker; sync');
    shell.close();
    const told = machine(hers);
    const before = await told.head();
    const seen = await timesSeen();
    const { on, starts, agents, writes, network } = await told.during(async () => {
      for (let time = 1; time <= 10; time++) {
        const signal = AbortSignal.timeout(patience * 1000);
        await startFrom(told.bmc, { device: 'network', firmware: 'bios', lasts: 'once' }, { signal });
        const again = await herShell();
        assert.match((await again.run('cat marker; sync')).output, /mine-alone/);
        again.close();
        assert.ok((await told.head()).equals(before), `after start ${time}`);
      }
    });
    assert.deepEqual(
      { on, starts, agents, writes, network },
      {
        ...{ on: 10, starts: 10, agents: 0, writes: 0, network: 10 },
      },
    );
    assert.equal((await timesSeen()) - seen, 10, 'it asked each time, and was told to start its own disk');
  });

  const opened = () =>
    reading(db, async (reader) => {
      const rows = await reader.rows('SELECT id FROM reservations WHERE access_opened_at IS NOT NULL');
      return { accessOpened: rows.length > 0 };
    });
  async function timesSeen(): Promise<number> {
    const all = await readSeen(join(lab.directory, 'pools', '2'));
    const one = all.find(({ mac }) => mac === machine(hers).node.mac);
    assert.equal(one?.told === undefined, false);
    return one?.times ?? 0;
  }

  it('is cleaned without being loaded, and what came of its disk is kept (req. 25)', async () => {
    const told = machine(hers);
    const disk = join(told.node.folder, rackFiles.disk);
    assert.equal(await holds(disk, 'mine-alone'), true);
    const { off, ...counted } = await told.during(async () => {
      await inTransaction(db, async (tx) => {
        await tx.table('nodes').update({ preferred_image_id: null, next_image_id: null });
        await tx.table('images').update({ production_revision_id: null });
      });
      await lab.services.endReservation(ann, id);
      await untilState(hers, 'available');
    });
    assert.deepEqual(counted, {
      ...{ on: 1, network: 1, starts: 1 },
      ...{ agents: 1, writes: 0, whole: 0 },
    });
    assert.ok(off === 1 || off === 2, 'its agent may have switched it off by itself');
    assert.equal(await holds(disk, 'mine-alone'), false);
    const { cleaned, power, unclean } = await lab.services.inspectNode(admin, hers);
    assert.deepEqual(
      cleaned?.disks.map(({ name, result, bytes }) => [name, result, bytes]),
      [['vda', 'clean', told.node.diskMb * 1024 ** 2]],
    );
    assert.deepEqual([power, unclean], ['off', false]);
    await killDaemon();
    await checkRows(db);
  });
});

async function holds(disk: string, text: string): Promise<boolean> {
  try {
    await exec('grep', ['-q', '-a', '-F', text, disk]);
    return true;
  } catch (error) {
    if (error instanceof ExecError && error.code === 1) return false;
    throw error;
  }
}
