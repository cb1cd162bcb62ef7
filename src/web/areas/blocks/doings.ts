/** What who teaches can do about a class, each a form: in a dialog over the wall of its seats, and as a page of its own. */
import { z } from 'zod';
import { mostLonger, mostToSay } from '../../../domain/blocks.ts';
import type { ClassPersonView, WallView } from '../../../services/block-views.ts';
import type { Refusal } from '../../refusal.ts';

export const doingNames = ['say', 'extend', 'extra', 'start', 'another', 'end', 'go-on'] as const;
export type DoingName = (typeof doingNames)[number];

type Field = 'text' | 'person' | 'minutes' | 'later';

export interface Doing {
  readonly name: DoingName;
  readonly title: string;
  /** On the wall, where there is little room. */
  readonly short: string;
  readonly icon: string;
  readonly hint: string;
  readonly fields: readonly Field[];
  readonly button: string;
  /** Where it is asked for, and where it is sent. */
  readonly path: string;
  readonly people: readonly { readonly name: string; readonly label: string }[];
  readonly typed: TypedDoing;
  readonly most: { readonly minutes: number; readonly text: number };
}

const typed = z.string('is missing.').max(10_000, 'Much too long.').default('');
export const DoingForm = z.object({ text: typed, person: typed, minutes: typed, later: typed });
export type TypedDoing = z.output<typeof DoingForm>;

const nothing: TypedDoing = { text: '', person: '', minutes: '', later: '' };

const words: Readonly<
  Record<DoingName, Pick<Doing, 'title' | 'short' | 'icon' | 'hint' | 'fields' | 'button'>>
> = {
  say: {
    ...{ title: 'Message to all', short: 'Message', icon: 'bell', fields: ['text'], button: 'Send' },
    hint: 'On the page and in the terminals of everybody who sits in this class.',
  },
  extend: {
    ...{ title: 'Extend all', short: 'Extend', icon: 'clock', fields: ['minutes'], button: 'Extend' },
    hint: 'The class and every seat of it last longer. What is booked on their machines after it goes to others.',
  },
  extra: {
    ...{
      title: 'Extra minutes',
      short: 'Extra minutes',
      icon: 'user',
      fields: ['person', 'minutes', 'later'],
      button: 'Give',
    },
    hint: 'This student keeps their seat longer than the class, whether they have one yet or not. 0: no longer.',
  },
  start: {
    ...{
      title: 'Start for a student',
      short: 'Start for',
      icon: 'window',
      fields: ['person'],
      button: 'Start',
    },
    hint: 'Takes a seat for them. They are told, and find it on their Home.',
  },
  another: {
    ...{
      title: 'Another machine for a student',
      short: 'Exchange',
      icon: 'refresh',
      fields: ['person'],
      button: 'Give another machine',
    },
    hint: 'Their machine went down and does not start again. They have another one at once, until the same end. What is on the disk of the first is lost.',
  },
  end: {
    ...{ title: 'End the class', short: 'End all', icon: 'end', fields: [], button: 'End it in 5 minutes' },
    hint: 'Everybody is told, and five minutes are counted down on their pages and in their terminals. Whoever wants can stay on under their own limits, where the machine is free. Until it is over, the class can go on after all.',
  },
  'go-on': {
    ...{
      title: 'Let the class go on',
      short: 'Let it go on',
      icon: 'refresh',
      fields: [],
      button: 'Let it go on',
    },
    hint: 'It ends when it was planned. Everybody is told.',
  },
};

/** Before it begins there is nothing to extend, nor anybody to speak to or to start for. */
const early: ReadonlySet<DoingName> = new Set(['extra']);

const whileEnding: ReadonlySet<DoingName> = new Set(['say', 'another', 'go-on']);

export function doingsOf(wall: WallView): Doing[] {
  if (!wall.canRun) return [];
  return doingNames.filter((name) => isTimeFor(name, wall)).map((name) => doingOf(wall, name));
}

function isTimeFor(name: DoingName, { hasBegun, isEnding, now, start, people }: WallView): boolean {
  if (name === 'another' && !people.some(({ isDown }) => isDown)) return false;
  if (isEnding) return whileEnding.has(name);
  if (name === 'end') return start <= now;
  return name !== 'go-on' && (hasBegun || early.has(name));
}

/** Whom it is about, where not all. */
const isMeant: Partial<Record<DoingName, (one: ClassPersonView) => boolean>> = {
  start: ({ isSeated }) => !isSeated,
  another: ({ isDown }) => isDown,
};

export function doingOf(wall: WallView, name: DoingName, form: TypedDoing = nothing): Doing {
  const { blockId, dateId, people } = wall;
  const meant = people.filter((one) => isMeant[name]?.(one) ?? true);
  const minutes = form.minutes === '' ? '15' : form.minutes;
  return {
    ...{ name, ...words[name], path: `/blocks/${blockId}/dates/${dateId}/do/${name}` },
    people: meant.map(({ name: login, displayName, extra }) => ({
      name: login,
      label: `${displayName} (${login})${extra > 0 ? `, ${extra} min more` : ''}`,
    })),
    typed: { ...form, minutes },
    most: { minutes: mostLonger, text: mostToSay },
  };
}

/** One of them by itself: without JavaScript, and after a refusal. */
export interface DoingPage {
  readonly doing: Doing;
  readonly course: string;
  readonly back: string;
  readonly refusal: Refusal | null;
}
