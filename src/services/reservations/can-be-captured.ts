import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import type { ServiceDeps } from '../deps.ts';

/** False where the machine's module cannot save it as an image. */
export function canBeCaptured(
  { descriptors }: Pick<ServiceDeps, 'descriptors'>,
  { pool_module }: Pick<ReservationListRow, 'pool_module'>,
): boolean {
  return pool_module === null || descriptors[pool_module]?.captures !== false;
}
