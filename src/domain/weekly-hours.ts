/**
 * Weekly hours: when a node may be used, by the clock on the wall of a time zone. A quarter hour is open when that clock shows a
 * time within the hours: the hour that summer time leaves out is not there, the one that comes twice is open twice.
 */
import { invalid } from './errors.ts';
import { day, hour, minute, quarter, type Window } from './time.ts';
import { wallClock } from './wall-clock.ts';
import { union, without } from './window-sets.ts';

export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof weekdays)[number];

/** Times as the wall shows them, `08:00`; an end that is not after its beginning is on the next day, 24:00 is midnight. */
export interface OpenHours {
  readonly day: Weekday;
  readonly from: string;
  readonly until: string;
}

const week = 7 * day;

/** In words, for people. */
export const dayTitle = (name: Weekday): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/**
 * Open time within a week that begins on Monday at midnight, as windows in milliseconds: adjacent ones are one. Throws LabError
 * (field `hours`) for times that are none or lie off the quarter hour, and for hours that overlap.
 */
export function openWeek(hours: readonly OpenHours[]): Window[] {
  if (hours.length === 0)
    throw invalid('hours', 'Say when the nodes are open: at least one time on one day.');
  const pieces = hours.flatMap((entry) => piecesOf(entry).map((piece) => ({ ...piece, entry })));
  const sorted = pieces.toSorted((a, b) => a.from - b.from);
  for (const [index, piece] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before && piece.from < before.until)
      throw invalid(
        'hours',
        `${inWords(before.entry)} and ${inWords(piece.entry)} overlap: leave one of them out, or join them.`,
      );
  }
  return union(sorted);
}

/** Over the end of the week it is two. */
function piecesOf(entry: OpenHours): Window[] {
  const begins = weekdays.indexOf(entry.day) * day;
  const [from, until] = [timeOf(entry.from, entry), timeOf(entry.until, entry)];
  if (from === day) throw wrong(entry);
  const length = until > from ? until - from : until + day - from;
  const end = begins + from + length;
  if (end <= week) return [{ from: begins + from, until: end }];
  return [
    { from: begins + from, until: week },
    { from: 0, until: end - week },
  ];
}

function timeOf(text: string, entry: OpenHours): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? [];
  const at = Number(hours) * hour + Number(minutes) * minute;
  if (hours === undefined || Number(minutes) > 59 || at > day || at % quarter !== 0) throw wrong(entry);
  return at;
}

function wrong(entry: OpenHours) {
  return invalid(
    'hours',
    `${inWords(entry)} is not a time of a day: write it like 08:00-20:00, on quarter hours, 24:00 for midnight.`,
  );
}

function inWords({ day: name, from, until }: OpenHours): string {
  return `${dayTitle(name)} ${from}-${until}`;
}

/** When nodes with these hours are closed within a window, exact to the quarter hour. `open` is what openWeek answers. */
export function closedWindows(open: readonly Window[], zone: string, { from, until }: Window): Window[] {
  return union(steadyParts(zone, from, until).flatMap((part) => closedWhile(open, part)));
}

interface Part extends Window {
  /** How far the wall is ahead of UTC in it, milliseconds. */
  readonly offset: number;
}

/** The window in parts without a change of the clock. */
function steadyParts(zone: string, from: number, until: number): Part[] {
  const parts: Part[] = [];
  for (let at = from; at < until; ) {
    const offset = offsetAt(at, zone);
    let end = at;
    while (end < until && offsetAt(end, zone) === offset) end = Math.min(until, end + day);
    if (end < until || offsetAt(end, zone) !== offset)
      end = changeAfter(zone, Math.max(at, end - day), end, offset);
    parts.push({ from: at, until: Math.min(end, until), offset });
    at = end;
  }
  return parts;
}

/** The first quarter hour after `same` at which the clock is not `offset` ahead; it is not so at `other`. */
function changeAfter(zone: string, same: number, other: number, offset: number): number {
  let [low, high] = [same, other];
  while (high - low > quarter) {
    const middle = low + Math.floor((high - low) / 2 / quarter) * quarter;
    if (offsetAt(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return high;
}

function offsetAt(at: number, zone: string): number {
  return Date.parse(`${wallClock(at, zone)}Z`) - at;
}

/** The 1st of January 1970 was a Thursday. */
const firstMonday = 4 * day;

function closedWhile(open: readonly Window[], { from, until, offset }: Part): Window[] {
  const [first, last] = [from + offset, until + offset];
  const opened: Window[] = [];
  for (
    let monday = Math.floor((first - firstMonday) / week) * week + firstMonday;
    monday < last;
    monday += week
  )
    opened.push(...open.map((window) => ({ from: monday + window.from, until: monday + window.until })));
  return without([{ from: first, until: last }], opened).map((window) => ({
    from: window.from - offset,
    until: window.until - offset,
  }));
}
