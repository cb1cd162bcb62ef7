/** Who gets into a server besides its person: each has an account of their own, which follows its groups while it runs. */
import type { MemberFacts, Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

/** So many accounts are changed at each look: each asks the machine twice. */
const mostAtOnce = 8;

/**
 * Opens and closes accounts on the machine as its groups want it. True when there is more to do at once. Who is let in no more is
 * locked out, and what they have there stays: somebody may need it.
 */
export async function keepMembers(context: StateContext, situation: Situation): Promise<boolean> {
  const { reservation, members } = situation;
  if (!reservation?.isServer || reservation.accessOpenedAt === null) return false;
  if (members.some(({ id }) => id === null)) {
    await context.write('members', (writer) => writer.addMembers(reservation.id));
    return true;
  }
  const due = members.filter(({ wanted, wantedAs, openedAs }) => !wanted || wantedAs !== openedAs);
  try {
    for (const member of due.slice(0, mostAtOnce)) await follow(context, situation, member);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
    context.log.info({ because: error.message }, 'the machine did not answer for an account');
    return false;
  }
  return due.length > mostAtOnce;
}

async function follow(context: StateContext, situation: Situation, member: MemberFacts): Promise<void> {
  const { reservation } = situation;
  const { id, account, wanted, wantedAs } = member;
  const os = context.machine(situation).os;
  if (!reservation || id === null || !os) return;
  if (wanted) {
    await os.add_user(account);
    await os.open_access(account);
  } else await os.close_access(account.username);
  await context.write(wanted ? 'member opened' : 'member closed', (writer) =>
    writer.memberIs(reservation.id, id, wanted ? wantedAs : null),
  );
}
