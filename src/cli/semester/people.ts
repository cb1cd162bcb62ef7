import { personByName } from '../../../db/queries/people.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { signedIn } from '../../services/accounts/signed-in.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import type { SignedIn } from '../../services/views.ts';

/** Somebody as if they had signed in. Throws not-found. */
export async function personNamed(deps: ServiceDeps, name: string): Promise<SignedIn> {
  const me = signedIn(await personByName(deps.db, name), deps);
  if (!me) throw new LabError('not-found', { detail: `There is no account "${name}".` });
  return me;
}

/** How a place in the line stands: with the reservation that it came to, if it did. */
export function placeInLine({ db }: ServiceDeps, id: number) {
  return reading(db, async (reader) => {
    const [row] = await reader.rows<{ live: number | null; reservation_id: number | null }>(
      'SELECT live, reservation_id FROM waiters WHERE id = ?',
      [id],
    );
    return { waits: row?.live === 1, reservationId: row?.reservation_id ?? null };
  });
}
