import type { Reader } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { day } from '../../domain/time.ts';
import type { SignedIn } from '../views.ts';
import { findAlternatives } from './alternatives.ts';
import type { Impossible } from './decide.ts';
import { whyNotOnOwnDisks } from './own-disks.ts';

/** A refusal in words, with what could be had instead. It reads much: ask outside of the transaction that was refused. */
export async function explain(
  reader: Reader,
  me: SignedIn,
  { refusal, asked }: Impossible,
): Promise<LabError> {
  if (refusal.code !== 'reservation.no-machine' || asked === null) return refusal;
  const { plan, start, minutes, startsNow } = asked;
  const { daysAhead } = me.limits;
  const latestStart = daysAhead === null ? null : reader.now + daysAhead * day;
  const alternatives = await findAlternatives(reader, plan, { start, minutes, startsNow, latestStart });
  if (alternatives.length > 0) return new LabError('reservation.no-machine', { alternatives });
  const detail = await whyNotOnOwnDisks(reader, plan.image.title, plan.ownDisks);
  return new LabError('reservation.no-machine-ever', detail === null ? {} : { detail });
}
