import { datePulse, type WallRow, wallRows } from '../../../db/queries/class-day.ts';
import { type ClassPersonRow, classPeople } from '../../../db/repositories/class-time.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { claimsOpen } from '../../domain/blocks.ts';
import {
  type ClassPersonView,
  type TileState,
  type TileView,
  tileStates,
  type WallView,
} from '../block-views.ts';
import type { ServiceDeps } from '../deps.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { SignedIn } from '../views.ts';
import { dateOf } from './day/in-hand.ts';

/** Every seat of a date, those that need somebody first. */
export function wall(deps: ServiceDeps, me: SignedIn, id: number, dateId: number): Promise<WallView> {
  return reading(deps.db, async (reader) => {
    const { block, date } = await dateOf(reader, me, id, dateId);
    const [start, end] = [Number(date.start_at), Number(date.end_at)];
    return {
      ...{
        blockId: id,
        dateId,
        course: block.course,
        timeZone: block.time_zone,
        now: reader.now,
        seats: date.seats,
      },
      image: { name: date.image_name, title: date.image_title },
      ...{ start, end },
      canRun: date.state === 'held' && block.state === 'approved' && end > reader.now,
      isEnding: date.planned_end_at !== null && end > reader.now,
      hasBegun: start - claimsOpen <= reader.now,
      tiles: tilesOf(await wallRows(reader, dateId)),
      people: (await classPeople(reader, dateId)).map(personOf),
    };
  });
}

/** Calls back when a tile is another, or something else can be done about the class. Returns how to stop. */
export async function watchWall(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  changed: () => void,
): Promise<() => void> {
  await wall(deps, me, id, dateId);
  const pulse = async (reader: Reader) =>
    JSON.stringify([tilesOf(await wallRows(reader, dateId)), await datePulse(reader, dateId)]);
  return watch(deps.db, `wall:${dateId}`, everySecond(pulse), changed);
}

function personOf({ name, display_name: displayName, extra, seated, down }: ClassPersonRow): ClassPersonView {
  return { name, displayName, extra, isSeated: Number(seated) > 0, isDown: Number(down) > 0 };
}

function tilesOf(rows: readonly WallRow[]): TileView[] {
  return rows
    .flatMap((row) => tileOf(row) ?? [])
    .toSorted((a, b) => tileStates.indexOf(a.state) - tileStates.indexOf(b.state) || order(a) - order(b));
}

const order = ({ seat }: TileView) => seat ?? Number.MAX_SAFE_INTEGER;

/** Null of one that went back. */
function tileOf(row: WallRow): TileView | null {
  const state = stateOf(row);
  if (state === null) return null;
  return {
    ...{ seat: row.seat, state, person: row.display_name, reservationId: row.reservation_id },
    node: state === 'lost' ? null : row.node_name,
    fraction: state === 'loading' && row.fraction !== null ? Number(row.fraction) : null,
    isLoaded: row.state === 'ready',
    end: Number(row.end_at),
  };
}

function stateOf(row: WallRow): TileState | null {
  const { state, released_at, reservation_id, reservation_state, live, down } = row;
  if (state === 'failed' || reservation_state === 'failed') return 'lost';
  if (reservation_id === null) {
    if (released_at !== null) return null;
    return state === 'loading' ? 'loading' : 'unclaimed';
  }
  if (live === null) return 'left';
  if (Number(down) === 1) return 'down';
  if (reservation_state === 'new') return 'loading';
  return reservation_state === 'reserved' ? 'ready' : 'connected';
}
