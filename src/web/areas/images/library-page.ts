import { counted } from '../../../domain/counted.ts';
import type { Visibility } from '../../../domain/may.ts';
import type { ImageNameView, LibraryImageView, LibraryView } from '../../../services/views.ts';
import { roughly } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { bytesText } from './sizes.ts';

type Sort = 'title' | 'seen' | 'bytes' | 'use';

export const libraryList: ListKind<Sort, 'search'> = {
  path: '/images',
  sorts: ['title', 'seen', 'bytes', 'use'],
  sort: 'use',
  filters: ['search'],
};

export interface LibraryPage {
  readonly list: ListFrame<Sort, 'search'>;
  readonly rows: readonly LibraryRow[];
  /** "12 images, 41 GB on disk" */
  readonly sum: string;
}

interface LibraryRow {
  readonly name: string;
  readonly title: string;
  readonly icon: string;
  readonly simulated: boolean;
  /** Where it is looked after; for those who only see it, its environment. */
  readonly href: string;
  readonly owner: string;
  readonly seenBy: string;
  readonly production: string;
  readonly bytes: string;
  readonly kin: readonly { readonly word: string; readonly images: readonly ImageNameView[] }[];
  readonly use: string;
  readonly lastLoad: When | null;
  readonly loadTimes: string | null;
  /** It was deleted: until when it can be restored, and where. */
  readonly gone: { readonly when: When; readonly restore: string } | null;
}

export const seenBy: Readonly<Record<Visibility, string>> = {
  owner: 'its owner alone',
  groups: 'some groups',
  everyone: 'everyone',
};

export function libraryPage(
  asked: AskedList<Sort, 'search'>,
  { items, found, bytes }: LibraryView,
  clock: Clock,
): LibraryPage {
  return {
    list: listFrame(libraryList, asked, found),
    rows: items.map((image) => libraryRow(image, clock)),
    sum: `${counted(found, 'image')}, ${bytesText(bytes)} on disk`,
  };
}

export const libraryHeads = [
  ...['id', 'name', 'title', 'owner', 'seenBy', 'production', 'revisions', 'bytes', 'basedOn', 'baseOf'],
  ...['reservations', 'nodes', 'lastLoad', 'p50Ms', 'p95Ms', 'goneAt'],
];

export function libraryCells(image: LibraryImageView): (string | number | null)[] {
  const { id, name, title, owner, visibility, production, revisions, bytes, reservations, nodes } = image;
  const names = (images: readonly ImageNameView[]) => images.map((one) => one.name).join(' ');
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return [
    ...[id, name, title, owner, visibility, production, revisions, bytes],
    ...[names(image.basedOn), names(image.baseOf), reservations, nodes, iso(image.lastLoad)],
    ...[image.loadTimes?.p50 ?? null, image.loadTimes?.p95 ?? null, iso(image.goneAt)],
  ];
}

function libraryRow(image: LibraryImageView, clock: Clock): LibraryRow {
  const { name, title, icon, simulated, owner, visibility, production, revisions, bytes, lastLoad } = image;
  const kin = [
    { word: 'made from', images: image.basedOn },
    { word: 'base of', images: image.baseOf },
  ];
  const href = `/${image.mayManage ? 'images' : 'environments'}/${encodeURIComponent(name)}`;
  return {
    ...{ name, title, icon, simulated, seenBy: seenBy[visibility], owner: owner ?? 'the installation', href },
    gone: image.goneAt === null ? null : { when: clock.when(image.goneAt), restore: `${href}/restore` },
    production: production === null ? 'being captured' : `${production} of ${revisions}`,
    bytes: bytesText(bytes),
    kin: kin.filter(({ images }) => images.length > 0),
    use: useOf(image),
    lastLoad: lastLoad === null ? null : clock.when(lastLoad),
    loadTimes:
      image.loadTimes && `${roughly(image.loadTimes.p50)}, nearly always ${roughly(image.loadTimes.p95)}`,
  };
}

function useOf({ reservations, nodes }: LibraryImageView): string {
  if (reservations === 0 && nodes === 0) return 'nobody';
  const parts = [
    reservations === 0 ? [] : [counted(reservations, 'reservation')],
    nodes === 0 ? [] : [`on ${counted(nodes, 'machine')}`],
  ];
  return parts.flat().join(', ');
}
