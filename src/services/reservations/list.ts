import {
  countReservations,
  reservationRows,
  reservationRowsBefore,
} from '../../../db/queries/reservation-list.ts';
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { type ReservationGroup, reservationGroups } from '../../domain/states.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import type { ReservationsPageRequest, ReservationsRequest } from '../services.ts';
import type { Page, ReservationsView, ReservationView, SignedIn } from '../views.ts';
import { viewsOf } from './read.ts';

/** What people filter, sort and turn the pages of: everybody's for those who may read them, else one's own. */
export async function findReservations(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, ...part }: ReservationsRequest,
): Promise<ReservationsView> {
  const all = may(me, 'reservation.read');
  const whose = all ? undefined : me.id;
  return reading(deps.db, async (reader) => {
    const counts = await countReservations(reader, whose, filter);
    const shown: readonly ReservationGroup[] = filter.state ? [filter.state] : reservationGroups;
    const rows = await reservationRows(reader, whose, filter, part);
    return {
      items: await viewsInParts(reader, deps, me, rows),
      total: shown.reduce((sum: number, state) => sum + counts[state], 0),
      states: reservationGroups.map((state) => ({ state, count: counts[state] })),
      pools: all ? await poolNames(reader) : [],
    };
  });
}

const atOnce = 500;

/** A file has many more rows than a page: what is read beside them is read for so many at a time. */
async function viewsInParts(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  rows: readonly ReservationListRow[],
): Promise<ReservationView[]> {
  const views: ReservationView[] = [];
  for (let from = 0; from < rows.length; from += atOnce)
    views.push(...(await viewsOf(reader, deps, me, rows.slice(from, from + atOnce))));
  return views;
}

async function poolNames(reader: Reader): Promise<string[]> {
  const rows = await reader.rows<{ name: string }>('SELECT name FROM pools ORDER BY name');
  return rows.map(({ name }) => name);
}

/** Newest first: one's own, or everybody's for those who may read them. */
export async function listReservations(
  deps: ServiceDeps,
  me: SignedIn,
  { everybody, live, filter, cursor, limit }: ReservationsPageRequest,
): Promise<Page<ReservationView>> {
  if (everybody && !may(me, 'reservation.read')) throw new LabError('not-allowed');
  const whose = everybody ? undefined : me.id;
  return reading(deps.db, async (reader) => {
    const part = { before: idOfCursor(cursor), limit: limit + 1 };
    const rows = await reservationRowsBefore(reader, whose, { ...filter, live }, part);
    const shown = rows.slice(0, limit);
    return {
      items: await viewsOf(reader, deps, me, shown),
      next: rows.length > shown.length ? cursorOf(shown.at(-1)) : null,
    };
  });
}
