import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateWriter } from '../../../src/domain/contracts/state-writer.ts';

/**
 * Another machine for a reservation's: what loads it is queued, and its person told why. False when none is free, or when the
 * booking is not on this one any more. `broken`: the old one stays its own until it is clean.
 */
export async function rebind(
  writer: StateWriter,
  { reservation, allocation }: Situation,
  because: string,
  { broken }: { readonly broken: boolean },
): Promise<boolean> {
  if (!reservation || !allocation) return false;
  const next = await writer.rebind(allocation.id, { broken });
  if (!next) return false;
  await writer.queue({ action: 'new', targetType: 'allocation', targetId: next.id });
  await writer.event('moved', { because });
  await writer.notify(reservation.id, `moved-${next.id}`, { because });
  return true;
}
