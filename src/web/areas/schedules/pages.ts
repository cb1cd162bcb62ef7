import { hoursInWords, textOfDay } from '../../../domain/hours-words.ts';
import { hour } from '../../../domain/time.ts';
import { dayTitle, type OpenHours, openWeek, weekdays } from '../../../domain/weekly-hours.ts';
import type { ScheduleDetailView, ScheduleView, StayingBookingView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from '../../typed.ts';

export interface SchedulesPage {
  readonly rows: readonly {
    readonly id: number;
    readonly name: string;
    readonly hours: string;
    readonly timeZone: string;
    readonly nodes: number;
    readonly waiting: number;
  }[];
}

export function schedulesPage(all: readonly ScheduleView[]): SchedulesPage {
  const rows = all.map(({ id, name, hours, timeZone, nodes, waiting }) => ({
    ...{ id, name, timeZone, nodes, waiting },
    hours: hoursInWords(hours),
  }));
  return { rows };
}

/** A week as bars: seven rows of 24 hours, in tenths of an hour. */
export interface WeekPicture {
  readonly label: string;
  readonly days: readonly {
    readonly title: string;
    readonly bars: readonly { readonly x: number; readonly width: number }[];
  }[];
}

const day = 24 * hour;
const tenth = hour / 10;

export function weekPicture(hours: readonly OpenHours[]): WeekPicture {
  const open = openWeek(hours);
  const days = weekdays.map((name, index) => {
    const begins = index * day;
    const bars = open
      .map(({ from, until }) => [Math.max(from - begins, 0), Math.min(until - begins, day)] as const)
      .filter(([from, until]) => until > from)
      .map(([from, until]) => ({ x: from / tenth, width: (until - from) / tenth }));
    return { title: dayTitle(name).slice(0, 3), bars };
  });
  return { label: `Open ${hoursInWords(hours)}`, days };
}

export interface ScheduleForm {
  readonly name: string;
  readonly timeZone: string;
  readonly days: readonly { readonly field: string; readonly title: string; readonly text: string }[];
  readonly zones: readonly string[];
}

/** What was typed goes before what is kept. */
export function scheduleForm(
  kept: { readonly name: string; readonly timeZone: string; readonly hours: readonly OpenHours[] },
  typed: Typed,
): ScheduleForm {
  const said = (field: string, else_: string) => {
    const value = typed[field];
    return typeof value === 'string' ? value : else_;
  };
  return {
    name: said('name', kept.name),
    timeZone: said('timeZone', kept.timeZone),
    days: weekdays.map((name) => ({
      ...{ field: name, title: dayTitle(name).slice(0, 3) },
      text: said(name, textOfDay(name, kept.hours)),
    })),
    zones: Intl.supportedValuesOf('timeZone'),
  };
}

export interface StayingRow {
  readonly href: string;
  readonly title: string;
  readonly nodeId: number;
  readonly node: string;
  readonly when: When;
  readonly who: string;
  readonly email: string | null;
}

export function stayingRows(stays: readonly StayingBookingView[], clock: Clock): StayingRow[] {
  return stays.map((one) => ({
    ...{ nodeId: one.nodeId, node: one.node, email: one.email },
    ...whatStays(one),
    when: clock.when(one.start),
    who: one.displayName || one.user,
  }));
}

function whatStays({
  reservationId,
  class: seat,
  title,
}: StayingBookingView): Pick<StayingRow, 'href' | 'title'> {
  if (seat === null) return { href: `/reservations/${reservationId}`, title };
  return {
    href: `/blocks/${seat.blockId}/dates/${seat.dateId}`,
    title: `A seat of ${seat.course}: ${title}`,
  };
}

export interface NewSchedulePage {
  readonly form: ScheduleForm;
  readonly refusal: Refusal | null;
}

export interface ScheduleOver {
  readonly refusal?: Refusal;
  readonly fields?: Typed;
  readonly refused?: 'schedule' | 'nodes';
}

export interface SchedulePage {
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  readonly version: number;
  readonly hours: string;
  readonly week: WeekPicture;
  readonly nodes: ScheduleDetailView['keptBy'];
  readonly count: number;
  readonly waiting: number;
  readonly stays: readonly StayingRow[];
  readonly form: ScheduleForm;
  readonly named: string;
  readonly refusal: Refusal | null;
  readonly refused: 'schedule' | 'nodes' | null;
}

export function schedulePage(
  schedule: ScheduleDetailView,
  { refusal, fields = {}, refused }: ScheduleOver,
  clock: Clock,
): SchedulePage {
  const { id, name, timeZone, version, hours, keptBy: nodes, nodes: count, waiting } = schedule;
  return {
    ...{ id, name, timeZone, version, nodes, count, waiting },
    hours: hoursInWords(hours),
    week: weekPicture(hours),
    stays: stayingRows(schedule.stays, clock),
    form: scheduleForm(schedule, refused === 'schedule' ? fields : {}),
    named: typeof fields.named === 'string' ? fields.named : '',
    ...{ refusal: refusal ?? null, refused: refused ?? null },
  };
}
