import type { BlockState } from '../../../domain/blocks.ts';
import { counted } from '../../../domain/counted.ts';
import { wallClock } from '../../../domain/wall-clock.ts';
import type { BlockDateView, BlockDetailView, BlockView } from '../../../services/block-views.ts';
import type { Refusal } from '../../refusal.ts';
import { dateText } from '../courses/pages.ts';
import type { StateWord } from '../reservations/state-words.ts';
import type { TypedBlock } from './forms.ts';

const states: Readonly<Record<BlockState, StateWord>> = {
  asked: { word: 'To be decided', tone: 'booked', icon: 'clock' },
  approving: { word: 'Being held', tone: 'busy', icon: 'loading' },
  approved: { word: 'Held', tone: 'ready', icon: 'check' },
  returning: { word: 'Going back', tone: 'busy', icon: 'loading' },
  ending: { word: 'Going back', tone: 'busy', icon: 'loading' },
  rejected: { word: 'Rejected', tone: 'bad', icon: 'alert' },
  withdrawn: { word: 'Withdrawn', tone: 'quiet', icon: 'end' },
};

export interface BlockLine {
  readonly id: number;
  readonly course: string;
  readonly what: string;
  readonly when: string;
  readonly dates: string;
  readonly state: StateWord;
}

export interface BlocksPage {
  readonly rows: readonly BlockLine[];
  /** The course that it is about. */
  readonly course: { readonly id: number; readonly name: string } | null;
  readonly next: string | null;
}

export function blockLine(block: BlockView): BlockLine {
  const { id, course, seats, image, when, state } = block;
  return {
    ...{ id, course: course.name, when, state: states[state] },
    what: `${counted(seats, 'seat')} with ${image.title}`,
    dates: datesText(block),
  };
}

function datesText({ dates, held, skipped, state }: BlockView): string {
  const left = skipped > 0 ? `, ${skipped} left out` : '';
  return state === 'approved'
    ? `${held} of ${counted(dates, 'date')} held${left}`
    : `${counted(dates, 'date')}${left}`;
}

export interface BlockFormPage {
  readonly form: TypedBlock;
  /** What was chosen for single dates. */
  readonly kept: readonly { readonly name: string; readonly value: string }[];
  readonly courses: readonly { readonly id: number; readonly name: string; readonly term: string }[];
  readonly images: readonly { readonly name: string; readonly title: string }[];
  /** Where it is looked at: of a new one, or of a change of block `id`. */
  readonly action: string;
  readonly back: string;
  readonly isChange: boolean;
  readonly version: number | null;
  readonly refusal: Refusal | null;
}

/** One date in the strip of the term. */
export interface StripCell {
  readonly tone: 'fits' | 'fewer' | 'none' | 'skipped' | 'over' | 'asked';
  /** "12" of "12 Apr", and what its month is where that is another than of the one before. */
  readonly day: string;
  readonly month: string | null;
  readonly mark: string;
  /** The same in words. */
  readonly says: string;
}

interface Dated {
  readonly date: string;
  readonly tone: StripCell['tone'];
  readonly mark: string;
  readonly says: string;
}

/** The dates of a term in their order, each with its day. */
export function strip(dates: readonly Dated[]): StripCell[] {
  return dates.map(({ date, tone, mark, says }, at) => {
    const [day = '', month = ''] = dateText(date).split(' ');
    const before = dates[at - 1]?.date.slice(0, 7);
    const isNew = before !== date.slice(0, 7);
    return { tone, mark, day, month: isNew ? month.slice(0, 3) : null, says: `${dateText(date)}: ${says}` };
  });
}

export interface BlockPage {
  readonly id: number;
  readonly version: number;
  readonly course: BlockView['course'];
  readonly what: string;
  readonly when: string;
  readonly state: StateWord;
  readonly says: string | null;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly strip: readonly StripCell[];
  readonly lines: readonly BlockDateLine[];
  readonly can: BlockDetailView['can'];
  readonly refusal: Refusal | null;
  readonly reason: string;
}

export interface BlockDateLine {
  readonly id: number;
  readonly date: string;
  readonly time: string;
  readonly says: string;
  readonly seats: number;
  readonly isSkipped: boolean;
  /** Its seats, one by one; null where none are held. */
  readonly wall: string | null;
  readonly canChange: boolean;
}

export function blockPage(block: BlockDetailView, refusal: Refusal | null, reason: string): BlockPage {
  const { id, version, course, when, says, can } = block;
  const line = blockLine(block);
  return {
    ...{ id, version, course, when, says, can, refusal, reason },
    what: line.what,
    state: line.state,
    facts: factsOf(block),
    strip: strip(
      block.occurrences.map((date) => ({
        date: date.date,
        tone: toneOf(date, block),
        mark: date.state === 'skipped' ? '–' : String(date.isOver ? date.claimed : date.seats),
        says: dateSays(date),
      })),
    ),
    lines: block.occurrences.map((date) => dateLine(date, block)),
  };
}

function factsOf(block: BlockDetailView): BlockPage['facts'] {
  const { graceMinutes, askedBy, decidedBy, comment, timeZone } = block;
  const grace =
    graceMinutes === null
      ? 'stay until the end'
      : `go back ${counted(graceMinutes, 'minute')} after the start`;
  return [
    { name: 'Dates', value: datesText(block) },
    { name: 'Unclaimed seats', value: grace },
    { name: 'Time zone', value: timeZone },
    { name: 'Asked for by', value: askedBy },
    ...(decidedBy === null ? [] : [{ name: 'Decided by', value: decidedBy }]),
    ...(comment === '' ? [] : [{ name: 'Said', value: comment }]),
  ];
}

function toneOf(date: BlockDateView, { state }: BlockView): StripCell['tone'] {
  if (date.state === 'skipped') return 'skipped';
  if (date.isOver) return 'over';
  if (date.state === 'held') return 'fits';
  return state === 'rejected' || state === 'withdrawn' ? 'skipped' : 'asked';
}

function dateSays({ state, says, isOver, held, claimed, lost, seats }: BlockDateView): string {
  if (state === 'skipped') return says ?? 'Left out';
  if (isOver && state === 'held') return `${held} held, ${claimed} claimed, ${lost} lost`;
  return state === 'held' ? `${held} held` : `${counted(seats, 'seat')} asked for`;
}

function dateLine(
  date: BlockDateView,
  { id: block, can, timeZone, image: usual }: BlockDetailView,
): BlockDateLine {
  const { id, seats, image } = date;
  return {
    ...{ id, seats, date: dateText(date.date) },
    time: timesText(date, timeZone),
    says: `${dateSays(date)}${image.name === usual.name ? '' : `, with ${image.title}`}`,
    isSkipped: date.state === 'skipped',
    wall: date.state === 'held' ? `/blocks/${block}/dates/${id}` : null,
    canChange: can.change && !date.isOver,
  };
}

/** "10:00 to 11:30", by the clocks of a zone. */
export function timesText(
  { start, end }: { readonly start: number; readonly end: number },
  zone: string,
): string {
  return `${wallClock(start, zone).slice(11, 16)} to ${wallClock(end, zone).slice(11, 16)}`;
}
