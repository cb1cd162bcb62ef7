import {
  type Descent,
  descents,
  type LibraryRow,
  type LoadRow,
  lastLoads,
  libraryRows,
} from '../../../db/queries/image-library.ts';
import { imageResource } from '../../../db/queries/images.ts';
import { reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { percentiles } from '../booking/estimates.ts';
import type { ServiceDeps } from '../deps.ts';
import type { LibraryRequest, LibrarySort } from '../services.ts';
import type { LibraryImageView, LibraryView, SignedIn } from '../views.ts';
import { grace } from './revisions.ts';

/**
 * The images that this person may see, with what they cost and who uses them: those that nobody uses first. `search` looks in
 * name, title, description and owner. Throws LabError `not-allowed`.
 */
export async function listLibrary(
  deps: ServiceDeps,
  me: SignedIn,
  request: LibraryRequest,
): Promise<LibraryView> {
  if (!may(me, 'image.create')) throw new LabError('not-allowed');
  const from = request.offset ?? placeOf(request.cursor);
  return reading(deps.db, async (reader) => {
    const mine = (await libraryRows(reader)).filter((row) => may(me, actionFor(row), imageResource(row)));
    const found = inOrder(
      mine.filter((row) => holds(row, request.search ?? '')),
      request,
    );
    const shown = found.slice(from, from + request.limit);
    const ids = shown.map((row) => row.id);
    const known = new Map(mine.map((row) => [row.id, row]));
    const lines = await descents(reader, ids);
    const loads = await lastLoads(reader, ids);
    const next = from + request.limit;
    return {
      items: shown.map((row) => libraryView(me, row, { known, lines, loads })),
      next: next < found.length ? String(next) : null,
      found: found.length,
      bytes: found.reduce((sum, row) => sum + Number(row.bytes ?? 0), 0),
    };
  });
}

/** One that was deleted is a matter of those who can restore it. */
function actionFor(row: LibraryRow): 'image.read' | 'image.manage' {
  return row.deleted_at === null ? 'image.read' : 'image.manage';
}

/** The list is ordered by use, so that its cursor is a place in it. */
function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,9}$/.test(cursor)) throw invalid('cursor', 'Pass the `next` of an earlier answer.');
  return Number(cursor);
}

/** What a list is sorted by; those that are alike stay by title. */
const values: Readonly<Record<LibrarySort, (row: LibraryRow) => string | number>> = {
  use: useOf,
  title: (row) => row.title.toLowerCase(),
  seen: (row) => row.visibility,
  bytes: (row) => Number(row.bytes ?? 0),
};

/** What was deleted comes last. */
function useOf(row: LibraryRow): number {
  return row.deleted_at === null ? Number(row.live ?? 0) + Number(row.nodes ?? 0) : Number.POSITIVE_INFINITY;
}

function inOrder(rows: readonly LibraryRow[], { sort, descending }: LibraryRequest): LibraryRow[] {
  const valueIn = values[sort ?? 'use'];
  const way = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [valueIn(a), valueIn(b)];
    return left === right ? 0 : left < right ? -way : way;
  });
}

function holds({ name, title, description, owner }: LibraryRow, search: string): boolean {
  const text = `${name} ${title} ${description} ${owner ?? ''}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface Beside {
  /** What this person may see: nothing else is named to them. */
  readonly known: ReadonlyMap<number, LibraryRow>;
  readonly lines: readonly Descent[];
  readonly loads: readonly LoadRow[];
}

function libraryView(me: SignedIn, row: LibraryRow, { known, lines, loads }: Beside): LibraryImageView {
  const mine = loads.filter((load) => load.image_id === row.id);
  const named = (ids: readonly number[]) =>
    ids.flatMap((id) => {
      const other = known.get(id);
      return other ? [{ name: other.name, title: other.title }] : [];
    });
  const { p50, p95 } = percentiles(mine.map((load) => load.milliseconds));
  return {
    ...{ id: row.id, name: row.name, title: row.title, icon: row.icon, owner: row.owner },
    ...{ visibility: row.visibility, simulated: row.format === 'simulated', production: row.production },
    revisions: Number(row.revisions ?? 0),
    bytes: Number(row.bytes ?? 0),
    basedOn: named(lines.filter((line) => line.image_id === row.id).map((line) => line.base_id)),
    baseOf: named(lines.filter((line) => line.base_id === row.id).map((line) => line.image_id)),
    reservations: Number(row.live ?? 0),
    nodes: Number(row.nodes ?? 0),
    lastLoad: mine[0] === undefined ? null : Number(mine[0].at),
    loadTimes: mine.length === 0 ? null : { p50, p95 },
    goneAt: row.deleted_at === null ? null : Number(row.deleted_at) + grace,
    mayManage: may(me, 'image.manage', imageResource(row)),
  };
}
