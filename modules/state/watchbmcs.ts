import type { BmcLook, BmcPolicy, NodeFacts } from '../../src/domain/contracts/facts.ts';
import type { Situation } from '../../src/domain/contracts/situation.ts';
import { type DueBmc, later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { StateWriter } from '../../src/domain/contracts/state-writer.ts';
import type { PowerState } from '../../src/domain/states.ts';
import { createQueue } from '../../src/lib/queue.ts';

const every = 5_000;
/** A few at a time: one that does not answer holds up no other. */
const atOnce = 8;
/**
 * So often in a row an idle machine is switched back. Whoever or whatever switches it once more after that is stronger than we are:
 * people are told, and nothing is switched until one of them has tried it again.
 */
const mostInARow = 3;

/**
 * Asks the BMCs of a place how they and their machines are, each as often as its pool says and never while its machine is worked
 * on. A BMC that stays silent takes an idle machine out of order, and an answer brings it back; what people took out stays out. Power that
 * somebody else has switched is noted once, and switched back where the pool says so; a machine that never stays as it was
 * switched is out of order.
 */
export const watchbmcs: StateModule = {
  action: 'watchbmcs',
  title: 'Looking at BMCs',
  holds: [],
  timeoutSeconds: 300,

  async run(context) {
    const inTurn = createQueue(atOnce);
    const due = await context.dueBmcs();
    await Promise.all(due.map((bmc) => inTurn(() => look(context, bmc))));
    return later((await context.look()).now + every, 'until the next look');
  },

  /** It is in the log. */
  failed: async (context, error) => later((await context.look()).now + every, error.message),
};

async function look(context: StateContext, { nodeId, silentSince }: DueBmc): Promise<void> {
  const before = await context.lookAtNode(nodeId);
  if (before.busy || !before.node) return;
  const machine = context.machine(before);
  const seen = await machine.look_at_bmc();
  if (seen === null) return;
  // Whoever began with it meanwhile has switched it: what was read says nothing any more.
  const situation = await context.lookAtNode(nodeId);
  if (situation.busy || !situation.node || situation.node.power !== before.node.power) return;
  await context.write(`BMC of node ${nodeId}`, async (writer) => {
    await writer.keepLook(nodeId, seen);
    if (seen.silent !== null) await silent(writer, nodeId, silentSince, seen.silent);
    else {
      if (silentSince !== null) await answers(writer, nodeId);
      await comparePower(writer, situation, seen, machine.bmcPolicy?.power ?? 'observe');
    }
  });
}

/** Said once; the second time in a row takes an idle machine out of order. */
async function silent(
  writer: StateWriter,
  nodeId: number,
  since: number | null,
  because: string,
): Promise<void> {
  if (since === null) return await writer.nodeEvent(nodeId, 'bmc-silent', { because });
  await writer.faultNode(nodeId, `It cannot be switched: ${because}`, 'bmc');
}

async function answers(writer: StateWriter, nodeId: number): Promise<void> {
  const back = await writer.clearFault(nodeId);
  await writer.nodeEvent(nodeId, 'bmc-answers', { back });
}

/** The books follow what was found, so that it is said once. */
async function comparePower(
  writer: StateWriter,
  { node }: Situation,
  { power: is }: BmcLook,
  policy: BmcPolicy['power'],
): Promise<void> {
  if (!node || node.power === is || is === 'unknown') return;
  await writer.patchNode(node.id, { power: is });
  if (node.power !== 'on' && node.power !== 'off') return;
  const to = policy === 'enforce' ? back(node, is) : null;
  const inVain = to !== null && (await writer.switchedBack(node.id)) >= mostInARow;
  await writer.nodeEvent(node.id, 'power-differs', { was: node.power, is, to: inVain ? null : to });
  if (inVain) await neverStays(writer, node.id, to);
  else if (to !== null)
    await writer.queue({ action: 'power', targetType: 'node', targetId: node.id, args: { to } });
}

async function neverStays(writer: StateWriter, nodeId: number, to: 'on' | 'off'): Promise<void> {
  const because = `It was switched ${to} ${mostInARow} times in a row and did not stay so: look at its supply, at its BMC, and at who else switches it, and try again.`;
  if (await writer.faultNode(nodeId, because, null))
    await writer.nodeEvent(nodeId, 'node-failed', { because });
}

/** What an idle machine is switched to: on from its own disk where something is loaded, off where nothing is. */
function back({ state, revisionId }: NodeFacts, is: PowerState): 'on' | 'off' | null {
  if (state !== 'available') return null;
  const wanted = revisionId === null ? 'off' : 'on';
  return wanted === is ? null : wanted;
}
