import type { Tx } from '../../db/transaction.ts';
import { LabError } from '../domain/errors.ts';
import { day } from '../domain/time.ts';
import { sha256 } from '../lib/secrets.ts';
import type { Once } from './services.ts';
import type { SignedIn } from './views.ts';

/** How long an Idempotency-Key is good for (design, section 8). */
const keyKept = day;

/** What is asked for under a key: the intention's name and everything that was said about it. */
type Asked = readonly [intention: string, ...details: (string | number | null)[]];

/**
 * Does `work` unless this person's key did it within 24 hours, in the transaction of the work itself: what was refused is not
 * remembered. Returns the reservation that it is about, if any: that of the first time. Throws `idempotency.other-body` when the
 * key was for something else. Call it behind the guard row of the work, so that the same request sent twice at once waits for itself.
 */
export async function doOnce<T extends number | null>(
  tx: Tx,
  me: SignedIn,
  { idempotencyKey }: Once,
  asked: Asked,
  work: () => Promise<T>,
): Promise<{ readonly id: T; readonly repeated: boolean }> {
  if (idempotencyKey === undefined) return { id: await work(), repeated: false };
  const mine = { user_id: me.id, key_hash: sha256(idempotencyKey) };
  const body_hash = sha256(JSON.stringify(asked));
  const [before] = await tx.rows<{ body_hash: string; reservation_id: T; created_at: number }>(
    'SELECT body_hash, reservation_id, created_at FROM idempotency_keys WHERE user_id = ? AND key_hash = ?',
    [mine.user_id, mine.key_hash],
  );
  if (before && Number(before.created_at) > tx.now - keyKept) {
    if (before.body_hash !== body_hash) throw new LabError('idempotency.other-body');
    return { id: before.reservation_id, repeated: true };
  }
  if (before) await tx.table('idempotency_keys').where(mine).delete();
  const id = await work();
  await tx.table('idempotency_keys').insert({ ...mine, body_hash, reservation_id: id, created_at: tx.now });
  return { id, repeated: false };
}
