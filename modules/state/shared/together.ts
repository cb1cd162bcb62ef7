/** Machines of one reservation: a network of their own where their module has one, and names by which they find one another. */
import { networkAddress } from '../../../src/domain/cluster.ts';
import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

/** Every one of them learns of all; one machine by itself learns nothing. Twice is once. */
export async function introduce(context: StateContext, machines: readonly Situation[]): Promise<void> {
  const all = membersOf(machines);
  const [lead] = all;
  if (lead?.member !== 0 || all.length < 2) return;
  const { id, load } = lead.node;
  for (const { situation, member } of all) {
    if (situation.node?.power === 'off') continue;
    const network = { lead: { id, load }, port: member, ports: all.length };
    const machine = context.machine(situation);
    const card = await machine.join_network(network);
    const group = all.flatMap(({ name, role, ...other }) => {
      const address = card === null ? other.node.management?.host : networkAddress(other.member);
      return address === undefined ? [] : [{ name, role, address }];
    });
    await machine.os?.meet({
      self: all.find((one) => one.situation === situation)?.name ?? '',
      card,
      machines: group,
    });
  }
}

function membersOf(machines: readonly Situation[]) {
  return machines
    .flatMap((situation) => {
      const { allocation, node } = situation;
      return allocation && node ? [{ ...allocation, node, situation }] : [];
    })
    .toSorted((a, b) => a.member - b.member);
}

/** The same again for a reservation whose person is let in: a machine that was restarted has forgotten its address. */
export async function keepTogether(context: StateContext, situation: Situation): Promise<void> {
  const { reservation } = situation;
  if (!reservation?.accessOpenedAt || reservation.others === 0) return;
  try {
    await introduce(context, [situation, ...(await context.others(situation))]);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
    context.log.info({ because: error.message }, 'machines that are had together could not all be reached');
  }
}
