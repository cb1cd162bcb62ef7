import type { Inspected } from '../../src/domain/contracts/bare-metal.ts';
import type { Situation } from '../../src/domain/contracts/situation.ts';
import { done, later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { second } from '../../src/domain/time.ts';
import { keepInventory } from './shared/keep-inventory.ts';

/**
 * Commissions a node that is out of service: its machine is looked at and burnt in. When every part has passed it comes back,
 * where that was wanted; else it stays out of service and its page says what did not pass.
 */
export const inspect: StateModule = {
  action: 'inspect',
  title: 'Commissioning the machine',
  holds: ['node'],
  // The burn-in's own lengths are settings of its pool, of a day each at most.
  timeoutSeconds: 4 * 86_400,

  async run(context) {
    const situation = await context.look();
    const { node, now } = situation;
    if (!node) return done('the node is gone');
    if (!isOut(situation)) {
      if (node.outFor !== null) return later(now + second, 'it is being taken out of service');
      await end(context, node.id, null, 'It was taken back into service before.');
      return done('not wanted any more');
    }
    if (!(await context.write('begins', (writer) => writer.beginCommission(node.id))))
      return done('not wanted any more');
    const inspected = await context.machine(situation).inspect();
    await keep(context, node.id, inspected);
    return done(whyNot(inspected) ?? 'it passed');
  },

  async failed(context, error) {
    const { node } = await context.look();
    if (!node) return done('the node is gone');
    await end(context, node.id, null, error.message);
    return done(error.message);
  },
};

function isOut({ node }: Situation): boolean {
  return node?.state === 'maintenance' || node?.state === 'deprovisioning';
}

/** The parts that did not pass, in a sentence; null when all did. */
function whyNot({ parts }: Inspected): string | null {
  const bad = parts.filter(({ result }) => result === 'failed');
  return bad.length === 0 ? null : bad.map(({ name, says }) => `${name}: ${says}`).join(' ');
}

async function keep(context: StateContext, nodeId: number, inspected: Inspected): Promise<void> {
  const says = whyNot(inspected);
  if (says !== null) return end(context, nodeId, inspected, says);
  const situation = await context.look();
  await context.write('passes', async (writer) => {
    const wanted = await writer.beginCommission(nodeId);
    await keepInventory(writer, nodeId, inspected.inventory);
    await writer.endCommission(nodeId, { outcome: 'passed', says: null, parts: inspected.parts });
    await writer.patchNode(nodeId, { power: 'off', failure: null });
    await writer.event('node-commissioned', { passed: true });
    if (!wanted?.back || !isOut(situation) || situation.node?.outFor === 'delete') return;
    await writer.takeBack(nodeId);
    const action = situation.node?.load === 0 ? 'commission' : 'reload';
    await writer.queue({ action, targetType: 'node', targetId: nodeId });
  });
}

async function end(
  context: StateContext,
  nodeId: number,
  inspected: Inspected | null,
  says: string,
): Promise<void> {
  await context.write('does not pass', async (writer) => {
    if (!(await writer.beginCommission(nodeId))) return;
    if (inspected) await keepInventory(writer, nodeId, inspected.inventory);
    await writer.endCommission(nodeId, { outcome: 'failed', says, parts: inspected?.parts ?? [] });
    await writer.patchNode(nodeId, { failure: says });
    await writer.event('node-commissioned', { passed: false, because: says });
  });
}
