import { imageResource, imageRowsFrom } from '../../../db/queries/images.ts';
import { imageNoticeRows } from '../../../db/queries/notices.ts';
import { currentAnnouncements } from '../../../db/queries/people.ts';
import { reservationRowsBefore } from '../../../db/queries/reservation-list.ts';
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { serverRows } from '../../../db/queries/servers.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { may } from '../../domain/may.ts';
import { ownBudgets } from '../booking/budget.ts';
import { announcedMaintenance } from '../closings/announced.ts';
import type { ServiceDeps } from '../deps.ts';
import { viewsOf } from '../reservations/read.ts';
import { noticeOf } from '../reservations/view.ts';
import type { HomeView, MachinesView, SignedIn } from '../views.ts';
import { waitingOf } from '../waiting/read.ts';
import { imageViews } from './images.ts';

const mostAgain = 3;
/** More are in their list. */
const mostServers = 20;
/** Images that are looked at for them at a time: some may be other people's. */
const lookedAtOnce = 100;
/** A reservation that failed or was cut off is still shown for a while: its person must learn why. */
const shownAfterEnd = 10 * 60_000;

/** One's machines, what one could start again, and what is announced. */
export function home(deps: ServiceDeps, me: SignedIn): Promise<HomeView> {
  return reading(deps.db, async (reader) => {
    const recent = await recentRows(reader, me);
    const had = recent.map((row) => row.image_id);
    return {
      ...(await machinesOf(reader, deps, me, recent)),
      again: await imageViews(reader, deps, me, await environmentsAgain(reader, me, had)),
      announcements: [...(await announcedMaintenance(reader)), ...(await currentAnnouncements(reader))],
      budgets: await ownBudgets(reader, me),
    };
  });
}

/** The part of it that changes by itself. */
export function ownMachines(deps: ServiceDeps, me: SignedIn): Promise<MachinesView> {
  return reading(deps.db, async (reader) => machinesOf(reader, deps, me, await recentRows(reader, me)));
}

function recentRows(reader: Reader, me: SignedIn): Promise<ReservationListRow[]> {
  return reservationRowsBefore(reader, me.id, {}, { limit: 20 });
}

async function machinesOf(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  recent: readonly ReservationListRow[],
): Promise<MachinesView> {
  const shown = recent.filter((row) => row.live === 1 || tellsWhy(row, reader.now));
  const machines = shown.filter((row) => row.server_name === null || row.live === null);
  return {
    reservations: await viewsOf(reader, deps, me, machines),
    servers: await viewsOf(reader, deps, me, await serverRows(reader, me, { offset: 0, limit: mostServers })),
    waiting: await waitingOf(reader, deps, { userId: me.id }),
    notices: (await imageNoticeRows(reader, me.id)).map(noticeOf),
  };
}

function tellsWhy(row: ReservationListRow, now: number): boolean {
  return row.ended_by !== row.user_id && row.ended_at !== null && now - Number(row.ended_at) < shownAfterEnd;
}

/** The last three had, newest first, topped up with others that can be loaded. */
async function environmentsAgain(reader: Reader, me: SignedIn, had: readonly number[]): Promise<number[]> {
  const again: number[] = [];
  for (let offset = 0; again.length < mostAgain; offset += lookedAtOnce) {
    const rows = await imageRowsFrom(reader, [...new Set(had)], { offset, limit: lookedAtOnce });
    again.push(...rows.filter((row) => may(me, 'image.read', imageResource(row))).map((row) => row.id));
    if (rows.length < lookedAtOnce) break;
  }
  return again.slice(0, mostAgain);
}
