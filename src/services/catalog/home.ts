import { imageResource, imageRows } from '../../../db/queries/images.ts';
import { imageNoticeRows } from '../../../db/queries/notices.ts';
import { reservationRowsBefore } from '../../../db/queries/reservation-list.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { viewsOf } from '../reservations/read.ts';
import { noticeOf } from '../reservations/view.ts';
import type { AnnouncementView, HomeView, SignedIn } from '../views.ts';
import { imageViews } from './images.ts';

const mostAgain = 3;
/** A reservation that failed or was cut off is still shown for a while: its person must learn why. */
const shownAfterEnd = 10 * 60_000;

/** One's machines, what one could start again, and what is announced. */
export function home(deps: ServiceDeps, me: SignedIn): Promise<HomeView> {
  return reading(deps.db, async (reader) => {
    const recent = await reservationRowsBefore(reader, me.id, {}, { limit: 20 });
    const shown = recent.filter((row) => row.live === 1 || tellsWhy(row, reader.now));
    const again = await environmentsAgain(
      reader,
      me,
      recent.map((row) => row.image_id),
    );
    return {
      reservations: await viewsOf(reader, deps, me, shown),
      notices: (await imageNoticeRows(reader, me.id)).map(noticeOf),
      again: await imageViews(reader, deps, me, again),
      announcements: await announcements(reader),
      limits: me.limits,
      live: recent.filter((row) => row.live === 1).length,
    };
  });
}

function tellsWhy(
  row: { state: string; ended_by: number | null; user_id: number; ended_at: number | null },
  now: number,
): boolean {
  return row.ended_by !== row.user_id && row.ended_at !== null && now - Number(row.ended_at) < shownAfterEnd;
}

/** The last three had, newest first, topped up with others that can be loaded. */
async function environmentsAgain(reader: Reader, me: SignedIn, had: readonly number[]): Promise<number[]> {
  const all = await imageRows(reader);
  const can = all.filter((row) => may(me, 'image.read', imageResource(row))).map((row) => row.id);
  return [...new Set([...had.filter((id) => can.includes(id)), ...can])].slice(0, mostAgain);
}

async function announcements(reader: Reader): Promise<AnnouncementView[]> {
  const rows = await reader.rows<{ id: number; text: string; until: number | null }>(
    'SELECT id, text, until FROM announcements WHERE until IS NULL OR until > ? ORDER BY id DESC',
    [reader.now],
  );
  return rows.map((row) => ({
    id: row.id,
    text: row.text,
    until: row.until === null ? null : Number(row.until),
  }));
}
