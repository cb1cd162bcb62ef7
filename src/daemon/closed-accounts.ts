import { marks } from '../../db/marks.ts';
import { reading } from '../../db/transaction.ts';
import { userMessages } from '../domain/errors.ts';
import { second } from '../domain/time.ts';
import type { DaemonDeps } from './deps.ts';
import type { Gateway } from './gateway/contract.ts';

const lookEvery = second / 2;

/**
 * Ends what somebody has open at a gateway within a second after their account was closed, by whichever process: nothing is
 * asked while nobody has anything open. Returns how to stop.
 */
export function watchClosedAccounts(
  deps: Pick<DaemonDeps, 'db' | 'log'>,
  gateway: Pick<Gateway, 'people' | 'closePerson'>,
): () => void {
  let isLooking = false;
  const look = async () => {
    const people = gateway.people();
    if (isLooking || people.length === 0) return;
    isLooking = true;
    try {
      for (const id of await closedOf(deps, people))
        gateway.closePerson(id, userMessages['account.disabled']);
    } catch (error) {
      deps.log.warn({ err: error }, 'closed accounts could not be looked for');
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), lookEvery);
  return () => clearInterval(timer);
}

function closedOf({ db }: Pick<DaemonDeps, 'db'>, people: readonly number[]): Promise<number[]> {
  return reading(db, async (reader) => {
    const rows = await reader.rows<{ id: number }>(
      `SELECT id FROM users WHERE id IN (${marks(people)}) AND (disabled_at IS NOT NULL OR removed_at IS NOT NULL)`,
      people,
    );
    return rows.map(({ id }) => id);
  });
}
