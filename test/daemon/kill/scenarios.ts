import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction } from '../../../db/transaction.ts';
import type { TaskAction } from '../../../src/domain/contracts/task.ts';
import type { NodeState } from '../../../src/domain/states.ts';
import { minute } from '../../../src/domain/time.ts';
import { acknowledge } from '../../../src/services/reservations/change.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab, LabOptions } from '../../helpers/lab.ts';
import { sayConnected } from '../../helpers/recording-os.ts';
import { crashMachine, setFault } from '../../helpers/test-machines.ts';

/** A situation in which a daemon that starts has `action` to do. */
export interface Scenario {
  readonly title: string;
  readonly action: TaskAction;
  readonly nodes?: number;
  readonly options?: Pick<LabOptions, 'times'>;
  /** Leaves the rows and files from which the daemon starts. */
  prepare(lab: Lab): Promise<unknown>;
  /** What the nodes and the reservation come to, and its reason. */
  readonly nodesEnd: string;
  readonly ends?: readonly [state: string, reason?: RegExp];
}

export const scenarios: readonly Scenario[] = [
  {
    title: 'a booking gets its machine',
    action: 'new',
    prepare: booked,
    nodesEnd: 'reserved',
    ends: ['reserved'],
  },
  {
    title: 'a booking moves to another machine, twice, and its revision is suspended',
    action: 'new',
    nodes: 2,
    nodesEnd: 'failed failed',
    ends: ['failed', /^It failed as the test wants it.$/],
    async prepare(lab) {
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
      for (const node of ['sim1', 'sim2'])
        setFault(poolFolder(lab.directory), node, { kind: 'node_broken', left: 99 });
      await booked(lab);
    },
  },
  {
    title: 'Connect was pressed, its person is in',
    action: 'reserved',
    nodesEnd: 'inuse',
    ends: ['inuse'],
    async prepare(lab) {
      await connected(lab, false);
      sayConnected(poolFolder(lab.directory), 'yes');
    },
  },
  {
    title: 'nobody presses Connect',
    action: 'timeout',
    nodesEnd: 'available',
    ends: ['complete', /Nobody pressed Connect in time/],
    async prepare(lab) {
      await ready(lab);
      await change(lab, { start_at: 1, ready_at: 1 });
    },
  },
  {
    title: 'in use, its end is near, nobody is connected any more',
    action: 'inuse',
    nodesEnd: 'inuse',
    ends: ['inuse'],
    async prepare(lab) {
      await connected(lab);
      sayConnected(poolFolder(lab.directory), 'no');
      await endsIn(lab, 4 * minute);
    },
  },
  {
    title: 'in use until its planned end',
    action: 'inuse',
    nodesEnd: 'available',
    ends: ['complete', /The booked time is over/],
    async prepare(lab) {
      await connected(lab);
      await endsIn(lab, -1_000);
    },
  },
  {
    title: 'ended in use',
    action: 'deleted',
    prepare: ended,
    nodesEnd: 'available',
    ends: ['complete'],
  },
  {
    title: 'ended before anybody connected',
    action: 'deleted',
    nodesEnd: 'available',
    ends: ['complete'],
    async prepare(lab) {
      const { ann, id } = await ready(lab);
      await lab.services.endReservation(ann, id);
    },
  },
  {
    title: 'cleaned after its person',
    action: 'reload',
    prepare: ended,
    nodesEnd: 'available',
    ends: ['complete'],
  },
  {
    title: 'a node that fails to be cleaned',
    action: 'reload',
    nodesEnd: 'failed',
    ends: ['complete'],
    async prepare(lab) {
      await ended(lab);
      setFault(poolFolder(lab.directory), 'sim1', { kind: 'node_broken', left: 99 });
    },
  },
  {
    title: 'reinstalled',
    action: 'reinstall',
    nodesEnd: 'inuse',
    ends: ['inuse'],
    async prepare(lab) {
      const { ann, id } = await connected(lab);
      await lab.services.reinstall(ann, id);
    },
  },
  {
    title: 'rebooted',
    action: 'reboot',
    nodesEnd: 'inuse',
    ends: ['inuse'],
    async prepare(lab) {
      const { ann, id } = await connected(lab);
      await lab.services.reboot(ann, id);
    },
  },
  {
    title: 'switched on again',
    action: 'power',
    nodesEnd: 'inuse',
    ends: ['inuse'],
    async prepare(lab) {
      const { ann, id } = await connected(lab);
      crashMachine(poolFolder(lab.directory), 'sim1');
      await lab.services.startMachine(ann, id);
    },
  },
  { title: 'a new machine', action: 'commission', nodesEnd: 'available', prepare: (lab) => newNode(lab) },
  {
    title: 'a killed machine in use, leftovers, and a machine that waits for its load',
    action: 'reconcile',
    nodes: 2,
    nodesEnd: 'available inuse',
    ends: ['inuse'],
    async prepare(lab) {
      await putNode(lab, 2, 'maintenance');
      await connected(lab);
      await putNode(lab, 2, 'reloading');
      const pool = poolFolder(lab.directory);
      crashMachine(pool, 'sim1');
      writeFileSync(join(pool, `testlab-n1-l0.json`), '{}');
      writeFileSync(join(pool, 'testlab-n77-l3.json'), '{}');
      writeFileSync(join(pool, 'other-n1-l1.json'), '{}');
    },
  },
];

interface Booked {
  readonly ann: SignedIn;
  readonly id: number;
}

async function booked(lab: Lab): Promise<Booked> {
  const ann = await lab.person('ann');
  const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
  return { ann, id };
}

async function ready(lab: Lab): Promise<Booked> {
  const made = await booked(lab);
  await runUntilSettled(lab.db, lab.directory);
  return made;
}

/** Connect was pressed; with `seen`, the daemon has opened the way and seen its person. */
async function connected(lab: Lab, seen = true): Promise<Booked> {
  const { ann, id } = await ready(lab);
  if (!seen) {
    await acknowledge(lab.deps, ann, id, 'test');
    return { ann, id };
  }
  sayConnected(poolFolder(lab.directory), 'yes');
  const asked = lab.services.connect(ann, id, 'test');
  await runUntilSettled(lab.db, lab.directory);
  await asked;
  return { ann, id };
}

export async function ended(lab: Lab): Promise<void> {
  const { ann, id } = await connected(lab);
  await lab.services.endReservation(ann, id);
}

/** Changes the reservation as time would, and lets what watches it look. */
async function change(lab: Lab, columns: Record<string, unknown>): Promise<void> {
  await inTransaction(lab.db, async (tx) => {
    await tx.table('reservations').where({ id: 1 }).update(columns);
    await tx
      .table('tasks')
      .where({ status: 'queued', target_type: 'reservation' })
      .update({ run_after: tx.now });
  });
}

async function endsIn(lab: Lab, milliseconds: number): Promise<void> {
  const { now } = await inTransaction(lab.db, (tx) => Promise.resolve({ now: tx.now }));
  await change(lab, { end_at: now + milliseconds });
}

async function newNode(lab: Lab): Promise<void> {
  await putNode(lab, 1, 'reloading');
  const task = { action: 'commission', targetType: 'node', targetId: 1 } as const;
  await inTransaction(lab.db, (tx) => queueTask(tx, task, { placeId: 1, nodeId: 1 }));
}

export async function putNode(lab: Lab, id: number, state: NodeState): Promise<void> {
  await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id }).update({ state }));
}
