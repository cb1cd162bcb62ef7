import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeOut } from '../../../db/repositories/node-orders.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { gatewayDoors } from '../../../src/daemon/gateway-doors.ts';
import type { TaskAction } from '../../../src/domain/contracts/task.ts';
import type { NodeState } from '../../../src/domain/states.ts';
import { minute } from '../../../src/domain/time.ts';
import { acknowledge } from '../../../src/services/reservations/acknowledge.ts';
import { wakeWatch } from '../../../src/services/reservations/change.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { sayConnected } from '../../helpers/recording-os.ts';
import { crashMachine, setFault } from '../../helpers/test-machines.ts';

/** A situation in which a daemon that starts has `action` to do. */
export interface Scenario {
  readonly title: string;
  readonly action: TaskAction;
  readonly nodes: number;
  /** Leaves the rows and files from which the daemon starts. */
  prepare(lab: Lab): Promise<void>;
  readonly end: ComesTo;
}

/** The nodes' states, sorted; the first reservation's, and its reason. */
interface ComesTo {
  readonly nodes: string;
  readonly state?: string;
  readonly reason?: RegExp;
}

interface Booked {
  readonly ann: SignedIn;
  readonly id: number;
}

/** From what a reservation has come to, and by what happens `then`. */
export function scenario<From>(
  action: TaskAction,
  title: string,
  end: ComesTo,
  from: (lab: Lab) => Promise<From>,
  then: (lab: Lab, made: From) => unknown = () => undefined,
): Scenario {
  const prepare = async (lab: Lab) => void (await then(lab, await from(lab)));
  return { action, title, end, prepare, nodes: end.nodes.split(' ').length };
}

const inUse = { nodes: 'inuse', state: 'inuse' };
const endedByAnn = { nodes: 'available', state: 'complete' };
const outOfService = { nodes: 'maintenance', state: 'complete' };
const removed = { nodes: '', state: 'complete' };
const pool = (lab: Lab) => poolFolder(lab.directory);

export const scenarios: readonly Scenario[] = [
  scenario('new', 'a booking gets its machine', { nodes: 'reserved', state: 'reserved' }, booked),
  scenario(
    'new',
    'a booking moves to another machine, twice, and its revision is suspended',
    { nodes: 'failed failed', state: 'failed', reason: /^It failed as the test wants it.$/ },
    async (lab) => {
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
      for (const node of ['sim1', 'sim2']) setFault(pool(lab), node, { kind: 'node_broken', left: 99 });
      await booked(lab);
    },
  ),
  scenario('reserved', 'Connect was pressed, its person is in', inUse, acknowledged, (lab) =>
    sayConnected(pool(lab), 'yes'),
  ),
  scenario('reserved', 'its person opened a terminal', inUse, acknowledged, async (lab, { ann, id }) => {
    await runUntilSettled(lab.db, lab.directory);
    await gatewayDoors(lab.deps).opened({ reservationId: id, userId: ann.id });
  }),
  scenario(
    'timeout',
    'nobody presses Connect',
    { nodes: 'available', state: 'complete', reason: /Nobody pressed Connect in time/ },
    ready,
    (lab) => change(lab, { start_at: 1, ready_at: 1 }),
  ),
  scenario(
    'inuse',
    'in use, its end is near, nobody is connected any more',
    inUse,
    connected,
    async (lab) => {
      sayConnected(pool(lab), 'no');
      await endsIn(lab, 4 * minute);
    },
  ),
  scenario(
    'inuse',
    'in use until its planned end',
    { nodes: 'available', state: 'complete', reason: /The booked time is over/ },
    connected,
    (lab) => endsIn(lab, -1_000),
  ),
  scenario('deleted', 'ended in use', endedByAnn, ended),
  scenario('deleted', 'ended before anybody connected', endedByAnn, ready, (lab, { ann, id }) =>
    lab.services.endReservation(ann, id),
  ),
  scenario('reload', 'cleaned after its person', endedByAnn, ended),
  scenario('reload', 'a node that fails to be cleaned', { ...endedByAnn, nodes: 'failed' }, ended, (lab) =>
    setFault(pool(lab), 'sim1', { kind: 'node_broken', left: 99 }),
  ),
  scenario('reinstall', 'reinstalled', inUse, connected, (lab, { ann, id }) =>
    lab.services.reinstall(ann, id),
  ),
  scenario('reboot', 'rebooted', inUse, connected, (lab, { ann, id }) => lab.services.reboot(ann, id)),
  scenario('power', 'switched on again', inUse, connected, async (lab, { ann, id }) => {
    crashMachine(pool(lab), 'sim1');
    await lab.services.startMachine(ann, id);
  }),
  scenario('commission', 'a new machine', { nodes: 'available' }, newNode),
  scenario('checkpool', 'a pool is tested', { nodes: 'available' }, (lab) =>
    inTransaction(lab.db, (tx) =>
      queueTask(tx, { action: 'checkpool', targetType: 'pool', targetId: 1 }, { placeId: 1 }),
    ),
  ),
  scenario(
    'tomaintenance',
    'into maintenance after its person',
    outOfService,
    connected,
    leave('maintenance'),
  ),
  scenario('tomaintenance', 'removed after its person', removed, connected, leave('delete')),
  scenario('tomaintenance', 'an idle node, switched off', { nodes: 'maintenance' }, async (lab) => {
    await inTransaction(lab.db, (tx) => takeOut(tx, 1, 'off', ''));
    await queueFor(lab, 'tomaintenance');
  }),
  scenario(
    'reconcile',
    'a killed machine in use, leftovers, and a machine that waits for its load',
    { nodes: 'available inuse', state: 'inuse' },
    async (lab) => {
      await putNode(lab, 2, 'maintenance');
      await connected(lab);
      await putNode(lab, 2, 'reloading');
    },
    (lab) => {
      crashMachine(pool(lab), 'sim1');
      for (const name of ['testlab-n1-l0', 'testlab-n77-l3', 'other-n1-l1'])
        writeFileSync(join(pool(lab), `${name}.json`), '{}');
    },
  ),
];

/** As the first that cleans, with a disk to clean: for the full tests. */
export const dirtyDiskScenarios: readonly Scenario[] = [
  scenario('reload', 'cleaned after its person, on whose disk something lay', endedByAnn, endedWithDisk),
  scenario(
    'reload',
    'a disk that cannot be cleaned',
    { ...endedByAnn, nodes: 'failed' },
    endedWithDisk,
    (lab) => setFault(pool(lab), 'sim1.clean', { kind: 'node_broken', left: 99 }),
  ),
];

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

/** Connect was pressed, and no daemon has seen it. */
async function acknowledged(lab: Lab): Promise<Booked> {
  const made = await ready(lab);
  await acknowledge(lab.deps, made.ann, made.id, 'test');
  return made;
}

/** Connect was pressed, the daemon has opened the way and seen its person. */
export async function connected(lab: Lab): Promise<Booked> {
  const made = await acknowledged(lab);
  sayConnected(pool(lab), 'yes');
  await runUntilSettled(lab.db, lab.directory);
  return made;
}

export async function ended(lab: Lab): Promise<void> {
  const { ann, id } = await connected(lab);
  await lab.services.endReservation(ann, id);
}

/** Changes the reservation as time would, and lets what watches it look. */
export async function change(lab: Lab, columns: Record<string, unknown>): Promise<void> {
  await inTransaction(lab.db, async (tx) => {
    await tx.table('reservations').where({ id: 1 }).update(columns);
    await wakeWatch(tx, 1);
  });
}

export async function endsIn(lab: Lab, milliseconds: number): Promise<void> {
  const { now } = await inTransaction(lab.db, (tx) => Promise.resolve({ now: tx.now }));
  await change(lab, { end_at: now + milliseconds });
}

/** An administrator wants it out after whoever has it, who ends. */
function leave(action: 'maintenance' | 'delete') {
  return async (lab: Lab, { ann, id }: Booked) => {
    const admin = await lab.person('ada', { role: 'administrator' });
    await lab.services.orderNode(admin, 1, { action, when: 'after' });
    await lab.services.endReservation(ann, id);
  };
}

/** Its pool's machines have disks that outlive loads. */
async function endedWithDisk(lab: Lab): Promise<void> {
  await inTransaction(lab.db, (tx) =>
    tx.table('pools').update({ settings: JSON.stringify({ loadSeconds: 0, disksStay: true }) }),
  );
  await ended(lab);
}

async function queueFor(lab: Lab, action: TaskAction): Promise<void> {
  const task = { action, targetType: 'node', targetId: 1 } as const;
  await inTransaction(lab.db, (tx) => queueTask(tx, task, { placeId: 1, nodeId: 1 }));
}

async function newNode(lab: Lab): Promise<void> {
  await putNode(lab, 1, 'reloading');
  await queueFor(lab, 'commission');
}

export async function putNode(lab: Lab, id: number, state: NodeState): Promise<void> {
  await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id }).update({ state }));
}
