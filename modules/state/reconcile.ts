import type { NodeFacts } from '../../src/domain/contracts/facts.ts';
import type { Artefact } from '../../src/domain/contracts/provisioning.ts';
import {
  later,
  type PoolView,
  type StateContext,
  type StateModule,
} from '../../src/domain/contracts/state.ts';
import type { TaskAction } from '../../src/domain/contracts/task.ts';
import { isCapturing, type PowerState } from '../../src/domain/states.ts';

const every = 10_000;

/**
 * Compares what the backends of a place hold with what the database says, in both directions, and queues what is missing.
 * It never retries by itself: its next turn is the retry.
 */
export const reconcile: StateModule = {
  action: 'reconcile',
  title: 'Comparing machines with the books',
  holds: [],
  timeoutSeconds: 120,

  async run(context) {
    const foreign: Artefact[] = [];
    for (const view of await context.pools()) {
      foreign.push(...(await sweep(view)));
      for (const node of view.nodes) await check(context, node);
    }
    await context.write('reconciled', (writer) => writer.quarantine(context.task.targetId, foreign));
    return later((await context.look()).now + every, 'until the next look');
  },
};

/** Removes leftovers of older loads and of nodes that are gone; returns what is not ours. */
async function sweep({
  nodes,
  installation,
  list_artefacts,
  remove_artefact,
}: PoolView): Promise<Artefact[]> {
  const current = new Map(nodes.map((node) => [node.id, node.load]));
  const artefacts = await list_artefacts();
  for (const artefact of artefacts) {
    if (artefact.installation !== installation || artefact.nodeId === null || artefact.load === null)
      continue;
    if (artefact.load < (current.get(artefact.nodeId) ?? Number.POSITIVE_INFINITY))
      await remove_artefact(artefact);
  }
  return artefacts.filter((artefact) => artefact.installation !== installation);
}

async function check(context: StateContext, node: NodeFacts): Promise<void> {
  if (['maintenance', 'failed', 'host', 'deprovisioning'].includes(node.state)) return;
  const situation = await context.lookAtNode(node.id);
  if (situation.busy || !situation.node) return;
  const ended = ['ending', 'failed'].includes(situation.allocation?.state ?? '');
  if (node.state === 'reloading' || ended)
    return queue(context, node.id, node.load === 0 ? 'commission' : 'reload');
  const held = node.state === 'inuse' || node.state === 'reserved';
  if (situation.node.revisionId === null) {
    if (!held && situation.wanted) await queue(context, node.id, 'reload');
    return;
  }
  if (situation.reservation && isCapturing(situation.reservation.state)) return;
  // who takes it out of service may have switched it off just now
  if (!held && situation.node.outFor) return;
  const machine = context.machine(situation);
  // Where there is a BMC to be asked, that is done more gently (watchbmcs).
  if (machine.bmcPolicy !== null) return;
  const power = await machine.power_status();
  if (power === 'unknown' || power === 'on') return;
  await context.write(`node ${node.id} is ${power}`, (writer) =>
    writer.patchNode(node.id, { power, ...(held ? {} : { revisionId: null }) }),
  );
  if (!held) await queue(context, node.id, 'reload');
  if (held && power !== 'off') await queue(context, node.id, 'power', power);
}

async function queue(
  context: StateContext,
  nodeId: number,
  action: TaskAction,
  power?: PowerState,
): Promise<void> {
  const args = power ? { to: 'on', [power]: true } : {};
  await context.write(`queues ${action}`, (writer) =>
    writer.queue({ action, targetType: 'node', targetId: nodeId, args }),
  );
}
