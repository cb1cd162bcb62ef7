import type { CourseDetailView, CourseView } from '../../../services/course-views.ts';
import type { MemberReport } from '../../../services/people-views.ts';
import { lengthOf } from '../../assets/js/words.js';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from '../../typed.ts';
import type { MembersOver } from '../people/members.ts';

export interface CourseLine {
  readonly id: number;
  readonly name: string;
  readonly term: string;
  readonly members: number;
  readonly instructors: string;
}

export interface CoursesPage {
  readonly rows: readonly CourseLine[];
  readonly mayAdd: boolean;
}

export function coursesPage(all: readonly CourseView[], mayAdd: boolean): CoursesPage {
  return { rows: all.map(courseLine), mayAdd };
}

function courseLine(course: CourseView): CourseLine {
  const { id, name, members } = course;
  const instructors = course.instructors.map((one) => one.displayName).join(', ');
  return { id, name, members, instructors, term: termText(course) };
}

/** "12 April 2027 to 16 July 2027". */
export function termText({ termFrom, termUntil }: Pick<CourseView, 'termFrom' | 'termUntil'>): string {
  return `${dateText(termFrom)} to ${dateText(termUntil)}`;
}

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** A date of the calendar in words. */
export function dateText(date: string): string {
  const [year, month, day] = date.split('-');
  return `${Number(day)} ${months[Number(month) - 1]} ${year}`;
}

export interface CourseFormFields {
  readonly group: string;
  readonly groups: readonly string[];
  readonly timeZone: string;
  readonly zones: readonly string[];
  readonly termFrom: string;
  readonly termUntil: string;
  readonly instructors: string;
  readonly ownSeats: string;
  readonly budgetHours: string;
}

export interface NewCoursePage {
  readonly form: CourseFormFields;
  readonly refusal: Refusal | null;
}

export interface CoursePage {
  readonly id: number;
  readonly name: string;
  readonly term: string;
  readonly version: number;
  readonly form: CourseFormFields;
  readonly instructors: string;
  /** With the hours that they have spent; null where it has no budget. */
  readonly people: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly spent: string | null;
  }[];
  readonly budget: string | null;
  readonly members: number;
  readonly mayAppoint: boolean;
  /** Nothing keeps it from being an ordinary group again. */
  readonly mayEnd: boolean;
  readonly reports: readonly MemberReport[];
  readonly typed: string;
  readonly refusal: Refusal | null;
  readonly refused: 'course' | 'members' | null;
}

export interface CourseOver extends Omit<MembersOver, 'refused'> {
  readonly fields?: Typed;
  readonly refused?: 'course' | 'members';
}

const mostShown = 500;

export function coursePage(course: CourseDetailView, over: CourseOver = {}): CoursePage {
  const { id, name, version, mayAppoint, people, blocks } = course;
  const form = {
    ...course,
    group: name,
    instructors: course.instructors.map((one) => one.name).join('\n'),
    ownSeats: course.ownSeats === 0 ? '' : String(course.ownSeats),
    budgetHours: course.budgetHours === null ? '' : String(course.budgetHours),
  };
  return {
    ...{ id, name, version, mayAppoint, mayEnd: mayAppoint && blocks === 0, term: termText(course) },
    form: courseForm(form, over.fields),
    instructors: course.instructors.map((one) => one.displayName).join(', '),
    budget: course.budgetHours === null ? null : `${course.budgetHours} h for each`,
    people: people.slice(0, mostShown).map(({ name: login, displayName, spentMinutes }) => ({
      ...{ name: login, displayName },
      spent: course.budgetHours === null ? null : spentMinutes === 0 ? 'nothing' : lengthOf(spentMinutes),
    })),
    members: people.length,
    reports: over.reports ?? [],
    typed: over.typed ?? '',
    refusal: over.refusal ?? null,
    refused: over.refused ?? null,
  };
}

type Shown = Omit<CourseFormFields, 'groups' | 'zones'>;

/** What was typed, else what is. */
export function courseForm(
  is: Shown,
  typed: Readonly<Record<string, unknown>> = {},
  groups: readonly string[] = [],
): CourseFormFields {
  const text = (name: keyof Shown) => {
    const value = typed[name];
    return typeof value === 'string' ? value.slice(0, 10_000) : is[name];
  };
  const timeZone = text('timeZone');
  const known = Intl.supportedValuesOf('timeZone');
  return {
    ...{
      group: text('group'),
      groups,
      timeZone,
      ownSeats: text('ownSeats'),
      budgetHours: text('budgetHours'),
    },
    zones: [...new Set(['UTC', ...known, timeZone])].filter((zone) => zone !== ''),
    termFrom: text('termFrom'),
    termUntil: text('termUntil'),
    instructors: text('instructors'),
  };
}
