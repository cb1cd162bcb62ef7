import { wallClock } from '../../../domain/wall-clock.ts';
import { type TileState, type TileView, tileStates, type WallView } from '../../../services/block-views.ts';
import { timeLeft } from '../../assets/js/words.js';
import { dateText } from '../courses/pages.ts';
import { type Doing, doingsOf } from './doings.ts';

export interface WallTile {
  readonly tone: TileState;
  readonly icon: string;
  readonly word: string;
  /** Who has it, or which seat it is. */
  readonly name: string;
  readonly says: string;
  readonly href: string | null;
  /** Percent of the load; null where nobody knows. */
  readonly percent: number | null;
}

/** What changes while it is looked at. */
export interface WallRegions {
  /** When a class that was ended early is over, and how long that is. */
  readonly ends: { readonly at: number; readonly left: string } | null;
  readonly counts: readonly { readonly tone: TileState; readonly n: number; readonly word: string }[];
  readonly tiles: readonly WallTile[];
  readonly title: string;
  readonly when: string;
  readonly doings: readonly Doing[];
}

export interface WallPage extends WallRegions {
  readonly blockId: number;
  readonly stream: string;
  readonly versions: Readonly<Record<string, string>>;
}

const words: Readonly<Record<TileState, readonly [word: string, icon: string]>> = {
  lost: ['lost', 'alert'],
  down: ['down', 'alert'],
  loading: ['loading', 'loading'],
  unclaimed: ['not claimed', 'clock'],
  ready: ['ready', 'check'],
  connected: ['connected', 'user'],
  left: ['left', 'end'],
};

/** Those that are there, and who is there in any case. */
const always: ReadonlySet<TileState> = new Set(['connected']);

export function wallPage(wall: WallView): Omit<WallPage, 'versions'> {
  const { blockId, dateId, course, image, start, end, timeZone, seats, tiles } = wall;
  const [from, until] = [wallClock(start, timeZone), wallClock(end, timeZone)];
  const counts = tileStates.map((tone) => {
    const n = tiles.filter(({ state }) => state === tone).length;
    return { tone, n, word: words[tone][0] };
  });
  return {
    ends: wall.isEnding ? { at: wall.end, left: timeLeft(wall.end - wall.now) } : null,
    counts: counts.filter(({ tone, n }) => n > 0 || always.has(tone)),
    tiles: tiles.map((tile) => tileOf(tile, wall)),
    blockId,
    title: course,
    when: `${dateText(from.slice(0, 10))}, ${from.slice(11, 16)} to ${until.slice(11, 16)} · ${seats} seats with ${image.title}`,
    doings: doingsOf(wall),
    stream: `/blocks/${blockId}/dates/${dateId}/events`,
  };
}

function tileOf(tile: TileView, wall: WallView): WallTile {
  const { state, seat, person, reservationId, fraction } = tile;
  const [word, icon] = words[state];
  return {
    ...{ tone: state, word, icon },
    name: person ?? `Seat ${seat ?? ''}`,
    says: saysOf(tile, endOf(tile, wall)),
    href: reservationId === null || state === 'left' ? null : `/reservations/${reservationId}`,
    percent: fraction === null ? null : Math.round(fraction * 100),
  };
}

/** Where that is another than the class's. */
function endOf({ state, seat, end }: TileView, wall: WallView): string | null {
  if (seat === null || state === 'lost' || state === 'left' || end === wall.end) return null;
  return `to ${wallClock(end, wall.timeZone).slice(11, 16)}`;
}

function saysOf({ state, seat, person, node, isLoaded }: TileView, until: string | null): string {
  if (state === 'lost') return person === null ? 'No machine is free' : `Seat ${seat}: no machine is free`;
  if (seat === null) return `Own, ${node}`;
  if (state === 'unclaimed' && !isLoaded) return `${node}, not loaded yet`;
  return person === null ? `${until ?? node}` : `Seat ${seat}, ${until ?? node}`;
}
