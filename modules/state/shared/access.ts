import type { Endpoint } from '../../../src/domain/contracts/facts.ts';
import type { Connected } from '../../../src/domain/contracts/os.ts';
import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { second } from '../../../src/domain/time.ts';
import { introduce, keepTogether } from './together.ts';

/** So many addresses are kept at each look. */
const mostAddresses = 20;

/** Accounts of others that are closed one by one; the way is closed before, and what is left goes with the machine's load. */
const mostClosed = 20;

/** Opens the person's own way in: the machine's own address, else a port forwarded to it. Null until Connect has drawn one. */
async function openWay(context: StateContext, situation: Situation): Promise<Endpoint | null> {
  const machine = context.machine(situation);
  const own = await machine.user_endpoint();
  const endpoint = own ?? situation.node?.user ?? null;
  if (endpoint && !own) await machine.open_forward(endpoint);
  return endpoint;
}

/** Opens the way and the account, once, on every machine of it; the node was marked as touched before this was asked for. */
export async function openAccess(context: StateContext, situation: Situation): Promise<void> {
  const { reservation, account } = situation;
  if (!reservation || !account) return;
  const machines = [situation, ...(await context.others(situation))];
  const ways: { readonly nodeId: number; readonly endpoint: Endpoint }[] = [];
  for (const machine of machines) {
    const endpoint = await openWay(context, machine);
    if (!endpoint || !machine.node) return;
    ways.push({ nodeId: machine.node.id, endpoint });
  }
  await introduce(context, machines);
  for (const machine of machines) await context.machine(machine).os?.open_access(account);
  await context.write('access opened', async (writer) => {
    await writer.patchReservation(reservation.id, {
      accessOpenedAt: writer.now,
      unconnectedSince: writer.now,
    });
    // changed meanwhile: whoever changed them has woken this task, and it is opened again
    if (!sameKeys(await writer.sshKeys(reservation.userId), account.sshKeys))
      await writer.patchReservation(reservation.id, { accessOpenedAt: null });
    for (const { nodeId, endpoint } of ways) await writer.accessOpened(reservation.id, nodeId, endpoint);
  });
}

function sameKeys(now: readonly string[], placed: readonly string[]): boolean {
  return [...now].sort().join('\n') === [...placed].sort().join('\n');
}

/** Closes both; who has a terminal open is told why. Reclaim never needs the guest's help: what the guest does not answer is cleaned by the reload that follows. */
export async function closeAccess(context: StateContext, situation: Situation, why: string): Promise<void> {
  const { reservation, account } = situation;
  if (!reservation) return;
  await context.closeTerminals(reservation.id, why);
  const endpoint = situation.node?.user;
  const machine = context.machine(situation);
  if (endpoint) await tolerate(context, () => machine.close_forward(endpoint));
  if (account && situation.node?.tainted)
    await tolerate(context, () => machine.os?.close_access(account.username));
  const others = situation.members.filter(({ openedAs }) => openedAs !== null).slice(0, mostClosed);
  for (const { account: other } of others)
    await tolerate(context, () => machine.os?.close_access(other.username));
}

/** A machine that does not answer is not waited for: cleaning needs no answer, and a watch looks again. */
export async function tolerate(
  context: StateContext,
  attempt: () => Promise<unknown> | undefined,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
    context.log.info({ because: error.message }, 'the machine did not answer for a change of its access');
  }
}

/**
 * Keeps from where SSH is used at this moment. Of a port of ours this computer knows it; of an address of the machine's own the
 * machine alone does, and is not believed more than it deserves.
 */
async function noteConnections(context: StateContext, situation: Situation): Promise<void> {
  const { reservation, node, allocation } = situation;
  if (!reservation?.accessOpenedAt || !node?.user || !allocation) return;
  const machine = context.machine(situation);
  const { forwarded } = allocation;
  const found = forwarded
    ? await machine.connections(node.user)
    : ((await machine.os?.connections(node.user.host)) ?? []);
  if (found.length === 0) return;
  await context.write('connected from', async (writer) => {
    for (const from of found.slice(0, mostAddresses))
      await writer.connectedFrom(reservation, forwarded ? 'ssh-seen' : 'ssh-told', from);
  });
}

/** Is its person there, on any of its machines? An open terminal or a live login session; `unknown` is not `no`. From where is kept. */
export async function isConnected(context: StateContext, situation: Situation): Promise<Connected> {
  const all: Connected[] = [];
  for (const machine of [situation, ...(await context.others(situation))])
    all.push(await isConnectedTo(context, machine));
  if (all.includes('yes')) return 'yes';
  return all.includes('unknown') ? 'unknown' : 'no';
}

async function isConnectedTo(context: StateContext, situation: Situation): Promise<Connected> {
  const unanswered =
    <T>(instead: T) =>
    (error: unknown) => {
      if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
      return instead;
    };
  const connected = await seen(context, situation).catch(unanswered('unknown' as const));
  if (connected !== 'unknown') await noteConnections(context, situation).catch(unanswered(undefined));
  return connected;
}

/** For how many milliseconds its person has typed nothing; null where nobody can say so. */
export async function quietFor(context: StateContext, situation: Situation): Promise<number | null> {
  const { account } = situation;
  const seconds = account ? await context.machine(situation).os?.idle(account.username) : null;
  return seconds == null ? null : seconds * second;
}

async function seen(context: StateContext, situation: Situation): Promise<Connected> {
  const { reservation, account } = situation;
  if (!reservation || !account) return 'unknown';
  if ((await context.terminals(reservation.id)) === 'yes') return 'yes';
  return (await context.machine(situation).os?.connected(account.username)) ?? 'unknown';
}

/** The account is on the disk; the way to it may have gone with the machine, or its address be another one. */
export async function reopen(context: StateContext, situation: Situation): Promise<void> {
  const { reservation, node } = situation;
  if (!reservation?.accessOpenedAt || !node) return;
  await keepTogether(context, situation);
  const endpoint = await openWay(context, situation);
  if (endpoint && endpoint.host !== node.user?.host)
    await context.write('address changed', (writer) =>
      writer.accessOpened(reservation.id, node.id, endpoint),
    );
}
