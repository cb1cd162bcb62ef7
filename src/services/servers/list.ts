import { imageResource, imageRows } from '../../../db/queries/images.ts';
import { serverRows } from '../../../db/queries/servers.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorAt, placeOfCursor } from '../paging.ts';
import type { PageRequest } from '../requests.ts';
import { viewsOf } from '../reservations/read.ts';
import type { Page, ReservationView, ServerChoicesView, SignedIn } from '../views.ts';
import { groupsFor, serversLeft } from './rules.ts';

/** By name: those that one has, gets into or looks after; everybody's for those who may read them. */
export async function listServers(
  deps: ServiceDeps,
  me: SignedIn,
  { everybody = false, cursor, limit }: PageRequest & { readonly everybody?: boolean | undefined },
): Promise<Page<ReservationView>> {
  if (everybody && !may(me, 'reservation.read')) throw new LabError('not-allowed');
  const [offset] = placeOfCursor(cursor);
  return reading(deps.db, async (reader) => {
    const rows = await serverRows(reader, everybody ? null : me, { offset, limit: limit + 1 });
    const items = await viewsOf(reader, deps, me, rows.slice(0, limit));
    return { items, next: rows.length > limit ? cursorAt(offset + limit, 0) : null };
  });
}

/** What the form offers. */
export function serverChoices(deps: ServiceDeps, me: SignedIn): Promise<ServerChoicesView> {
  return reading(deps.db, async (reader) => {
    const images = (await imageRows(reader)).filter((row) => may(me, 'image.read', imageResource(row)));
    return {
      more: await serversLeft(reader, me),
      images: images.map(({ name, title }) => ({ name, title })),
      groups: (await groupsFor(reader, me)).map(({ name }) => name),
    };
  });
}
