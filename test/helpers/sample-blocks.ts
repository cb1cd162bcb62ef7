/** Seats of classes, as services would answer. */

import type { Recurrence } from '../../src/domain/recurrence.ts';
import { recurrenceText } from '../../src/domain/recurrence-words.ts';
import { addDays } from '../../src/domain/wall-clock.ts';
import type * as view from '../../src/services/block-views.ts';

const day = 86_400_000;
const now = Date.now();
const weeks = 14;
const firstStart = Math.floor(now / day) * day - 21 * day + 8 * 3_600_000;
const dateOf = (week: number) => addDays(new Date(firstStart).toISOString().slice(0, 10), 7 * week);
const tiny = { name: 'tiny', title: 'Tiny Linux' };
const course = { id: 2, name: 'students' };

const recurrence: Recurrence = {
  ...{ kind: 'weekly', weekdays: [2], every: 1, from: '10:00', until: '11:30' },
  ...{ first: dateOf(0), last: dateOf(weeks - 1), except: [] },
};

export function block(over: Partial<view.BlockView> = {}): view.BlockView {
  return {
    ...{
      id: 7,
      course,
      image: tiny,
      seats: 30,
      timeZone: 'Europe/Berlin',
      recurrence,
      comment: 'With two screens, please.',
    },
    ...{
      when: recurrenceText(recurrence),
      graceMinutes: 15,
      state: 'approved',
      says: null,
      askedBy: 'Sam Student',
    },
    ...{ decidedBy: 'Ada Admin', createdAt: now - 30 * day, dates: weeks, held: 13, skipped: 1 },
    ...{ first: firstStart, last: firstStart + weeks * 7 * day, version: 3 },
    ...over,
  };
}

export const blocks: readonly view.BlockView[] = [
  block(),
  block({
    id: 8,
    state: 'asked',
    decidedBy: null,
    held: 0,
    skipped: 0,
    says: '2027-05-04: 12 of 30 machines are free: other classes hold 18. Nothing is held.',
  }),
  block({ id: 9, state: 'rejected', held: 0, says: 'The room is being rebuilt.' }),
];

export function blockDetail(one: view.BlockView, decides: boolean): view.BlockDetailView {
  const holds = one.state === 'approved';
  const occurrences = Array.from({ length: weeks }, (_, week): view.BlockDateView => {
    const start = firstStart + 7 * week * day;
    const isOver = start < now;
    const skipped = holds && week === 5;
    return {
      ...{
        id: 70 + week,
        date: dateOf(week),
        start,
        end: start + 5_400_000,
        seats: week === 7 ? 20 : 30,
        image: tiny,
      },
      state: skipped ? 'skipped' : holds ? 'held' : 'asked',
      ...{
        says: null,
        isOver,
        held: skipped || !holds ? 0 : 30,
        claimed: isOver ? 27 : 0,
        lost: isOver && week === 1 ? 1 : 0,
      },
    };
  });
  const open = one.state === 'asked' || holds;
  return {
    ...one,
    occurrences,
    can: { decide: decides && one.state === 'asked', change: open, withdraw: open },
  };
}

export function preview(seats: number): view.BlockPreview {
  const fits: readonly view.DateFit[] = ['fits', 'fewer', 'fits', 'none', 'skipped'];
  const dates = Array.from({ length: weeks }, (_, week): view.PreviewDate => {
    const fit = week > 3 && week < 9 ? (fits[week - 4] ?? 'fits') : 'fits';
    const start = firstStart + (week + 4) * 7 * day;
    return {
      ...{ date: dateOf(week + 4), start, end: start + 5_400_000, seats, image: tiny, fit },
      fitting: fit === 'fits' ? seats : fit === 'fewer' ? Math.floor(seats / 2) : 0,
      says:
        fit === 'fewer' || fit === 'none'
          ? `${fit === 'none' ? 'No machine is' : 'Half of the machines are'} free: other classes hold 18.`
          : null,
      others: fit === 'none' ? [{ name: 'debian', title: 'Debian' }] : [],
    };
  });
  const when = recurrenceText(recurrence);
  return {
    course: { ...course, timeZone: 'Europe/Berlin' },
    image: tiny,
    when,
    dates,
    fitting: 11,
    short: 2,
    warnings: ['Debian is not published to 2 of 30 in Physics 1: they cannot see it, nor start it.'],
  };
}

/** Classes that Sam attends: one whose seats can be taken, one whose seats are all taken, and one of tomorrow. */
export const classes: readonly view.ClassView[] = [
  {
    ...{ dateId: 31, course: 'Physics', image: tiny, start: now + 300_000, end: now + 5_700_000 },
    ...{ opens: now - 300_000, isOpen: true, isEnding: false, isFull: false, reservationId: null },
  },
  {
    ...{ dateId: 33, course: 'Chemistry', image: tiny, start: now + 300_000, end: now + 5_700_000 },
    ...{ opens: now - 300_000, isOpen: true, isEnding: false, isFull: true, reservationId: null },
  },
  {
    ...{ dateId: 32, course: 'Physics', image: tiny, start: now + day - 300_000, end: now + day + 5_100_000 },
    ...{ opens: now + day - 900_000, isOpen: false, isEnding: false, isFull: false, reservationId: null },
  },
];

const names = [
  'Ada Lovelace',
  'Bartholomew Featherstonehaugh',
  'Chen Wei',
  'Dana Scott',
  'Élodie Martin',
  'Farouk Said',
];

/** Forty seats in the middle of a class: one lost, some not taken, one loading, most connected. */
export function wall(blockId: number): view.WallView {
  const stateOf = (seat: number): view.TileState => {
    if (seat <= 4) return seat === 1 ? 'lost' : seat === 2 ? 'down' : 'loading';
    if (seat <= 8) return 'unclaimed';
    return seat <= 12 ? 'ready' : 'connected';
  };
  return {
    ...{ blockId, dateId: 31, course: 'Physics', image: tiny, timeZone: 'Europe/Berlin', seats: 40 },
    ...{ canRun: true, hasBegun: true, isEnding: false },
    people: [
      { name: 'ada', displayName: 'Ada Lovelace', extra: 30, isSeated: true, isDown: true },
      { name: 'dana', displayName: 'Dana Scott', extra: 0, isSeated: false, isDown: false },
    ],
    ...{ start: now - 900_000, end: now + 4_500_000, now },
    tiles: Array.from({ length: 40 }, (_, at) => {
      const state = stateOf(at + 1);
      const taken = state !== 'unclaimed' && state !== 'lost';
      return {
        ...{
          seat: at + 1,
          state,
          node: state === 'lost' ? null : `rack-a-${at + 1}`,
          fraction: state === 'loading' ? 0.4 : null,
        },
        ...{ person: taken ? (names[at % names.length] ?? null) : null, reservationId: taken ? 7 : null },
        ...{ isLoaded: true, end: now + 4_500_000 },
      };
    }),
  };
}
