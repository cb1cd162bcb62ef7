import { gatewaysOfTicket } from '../../../db/repositories/gateways.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { randomToken, sha256 } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';
import { refuseSimulated } from './change.ts';
import { mine } from './read.ts';

const lifetime = 30_000;

/** A single-use ticket for the gateway's door: its hash is kept, it is told once. `from` is the address that asks. */
export async function ticket(
  deps: ServiceDeps,
  me: SignedIn,
  reservationId: number,
  purpose: 'terminal' | 'console' | 'files',
  from: string,
): Promise<string> {
  const secret = randomToken();
  await inTransaction(deps.db, async (tx) => {
    const row = await mine(
      tx,
      me,
      reservationId,
      purpose === 'console' ? 'reservation.read' : 'reservation.connect',
    );
    refuseSimulated(deps, row);
    if (purpose !== 'console' && row.access_opened_at === null)
      throw new LabError('reservation.not-connected');
    await tx.table('tickets').where('expires_at', '<', tx.now).delete();
    await tx.table('tickets').insert({
      hash: sha256(secret),
      user_id: me.id,
      reservation_id: reservationId,
      purpose,
      args: JSON.stringify({ from }),
      expires_at: tx.now + lifetime,
    });
  });
  return secret;
}

/** Where a ticket leads, without using it up; null when it is none. */
export function gatewaysFor(deps: ServiceDeps, secret: string): Promise<readonly string[] | null> {
  return reading(deps.db, (reader) => gatewaysOfTicket(reader, sha256(secret)));
}
