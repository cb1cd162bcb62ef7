/** The sentences that people read about what happened; event and notice rows hold facts only. */

import { counted } from '../../domain/counted.ts';
import { inWords } from '../../domain/time.ts';
import { maintenanceNotice } from '../closings/words.ts';
import type { NoticeTone } from '../views.ts';

type Facts = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Modules and programs say why without a full stop; here another sentence follows. */
const whole = (value: unknown): string => text(value).replace(/(?<=[^.!?])$/, '.');
const seconds = (value: unknown): string => (Number(value) / 1000).toFixed(1);

const notices: Readonly<Record<string, (facts: Facts) => string>> = {
  ready: () => 'Your machine is ready.',
  turn: ({ title }) =>
    `It is your turn: a machine with ${text(title)} became free and is being made ready for you.`,
  offered: ({ title }) =>
    `It is your turn: a machine with ${text(title)} is held for you for 15 minutes. Accept it, or decline.`,
  missed: ({ title, last }) =>
    last === true
      ? `The machine with ${text(title)} that was held for you went to somebody else, for the second time: you do not wait for it any more.`
      : `The machine with ${text(title)} that was held for you went to somebody else. You keep your place, and are asked once more.`,
  failed: ({ because }) => `Your machine could not be made ready: ${text(because)}`,
  moved: ({ because }) => `Your booking was moved to another machine: ${text(because)}`,
  waits: ({ because }) =>
    `Your machine is late: ${whole(because)} We wait for it and look for another one every few seconds.`,
  maintenance: maintenanceNotice,
  cut: () => 'The machine is promised to somebody else afterwards: your time ends earlier than asked for.',
  abuts: () => 'The booking before yours lasts up to your start: your machine may be ready a little later.',
  reinstalled: () => 'Your machine was reinstalled and is ready.',
  captured: ({ name }) => `Your machine was captured as ${text(name)}.`,
  capture: ({ because }) => `The capture did not succeed: ${whole(because)} Your machine was kept.`,
  saves: () => 'The booked time is over. Your machine is being saved as an image of your own.',
  ended: ({ reason }) => `Your reservation has ended. ${text(reason)}`,
  another: ({ who }) =>
    `${text(who)} gave you another machine: yours went down and did not start again. What was on it is lost.`,
  changed: ({ who }) => `${text(who)} changed your booking.`,
  invitation: ({ method, first }) =>
    method === 'CANCEL'
      ? 'Your booking was cancelled. This mail takes it out of your calendar.'
      : first === true
        ? 'Your booking, for your calendar.'
        : 'Your booking was changed. This mail changes it in your calendar.',
  production: ({ title, number, before, reloaded }) =>
    `${inProduction(text(title), Number(number), before)} ${followed(Number(reloaded))}${wayBack(before)}`,
  rollout: ({ title, number, because, current, before }) =>
    `Putting revision ${Number(number)} of ${text(title)} into production stopped: ${whole(because)}${current === number ? wayBack(before) : stays(current)}`,
  blockapproved: ({ course, seats, title, held, skipped }) =>
    `The seats for ${text(course)} are held: ${counted(Number(seats), 'machine')} with ${text(title)} on ${counted(Number(held), 'date')}${Number(skipped) > 0 ? `, ${Number(skipped)} left out` : ''}.`,
  blockrejected: ({ course, because }) =>
    `The seats that you asked for ${text(course)} were not approved: ${whole(because)}`,
  blockshort: ({ course, because }) =>
    `The seats for ${text(course)} could not be held. ${text(because)} Change what you ask for: its page shows what fits.`,
  seatslost: ({ course, lost, seats }) =>
    `${Number(lost)} of the ${Number(seats)} seats for ${text(course)} have no machine, and none is free. We look for others every few seconds.`,
  class: ({ who, course, text: said }) => `${text(who)}, to everybody in ${text(course)}: ${text(said)}`,
  classends: ({ who, course, left }) =>
    `${text(who)} ends the class ${text(course)}: this machine ends in ${inWords(Number(left))}. Save your work.`,
  classgoeson: ({ course }) => `The class ${text(course)} goes on.`,
  seatstarted: ({ who, course }) => `${text(who)} took your seat in ${text(course)} for you.`,
  seatslate: ({ course, late, seats }) =>
    `${Number(late)} of the ${Number(seats)} seats for ${text(course)} are late: their machines are not ready yet.`,
  seatsclosed: ({ course, date, reason }) =>
    `Seats for ${text(course)} on ${text(date)} have machines that go into maintenance then, and no others are free: ${whole(reason)} We look for others until it begins.`,
  superseded: ({ title, number, newer }) =>
    `Revision ${Number(number)} of ${text(title)} is not to be in production any more: revision ${Number(newer)} was asked for instead.`,
};

const inProduction = (title: string, number: number, before: unknown): string =>
  typeof before === 'number' && number < before
    ? `${title} is back at revision ${number}.`
    : `Revision ${number} of ${title} is in production.`;
const followed = (reloaded: number): string =>
  reloaded === 0
    ? 'No machine had to be reloaded.'
    : `${counted(reloaded, 'machine')} ${reloaded === 1 ? 'was' : 'were'} reloaded with it.`;
const wayBack = (before: unknown): string =>
  typeof before === 'number' ? ` Back to revision ${before} is one click on its page.` : '';
const stays = (current: unknown): string =>
  typeof current === 'number' ? ` Revision ${current} is still in production.` : '';

/** A notice for its person. Keys are `kind` or `kind-detail`; those with a sentence of their own carry it. */
export function noticeText(key: string, facts: Facts): string {
  if (typeof facts.sentence === 'string') return facts.sentence;
  return notices[key.split('-')[0] ?? '']?.(facts) ?? 'Something about your machine has changed.';
}

const tones: Readonly<Record<string, NoticeTone>> = {
  ready: 'good',
  turn: 'good',
  offered: 'good',
  reinstalled: 'good',
  captured: 'good',
  blockapproved: 'good',
  blockrejected: 'bad',
  blockshort: 'bad',
  seatslost: 'bad',
  seatslate: 'urgent',
  seatsclosed: 'bad',
  seatstarted: 'good',
  classgoeson: 'good',
  production: 'good',
  superseded: 'plain',
  rollout: 'bad',
  failed: 'bad',
  capture: 'bad',
  moved: 'plain',
  another: 'plain',
  changed: 'plain',
  abuts: 'plain',
  restarted: 'plain',
};

/** How it is shown: what runs out and what was lost is urgent. */
export function noticeTone(key: string): NoticeTone {
  return tones[key.split('-')[0] ?? ''] ?? 'urgent';
}

interface Booked {
  readonly start: number;
  readonly minutes: number;
  readonly image: string;
}

/** What is another than it was; without clock times, which depend on who reads. */
function changes(from: Booked, to: Booked): string[] {
  const later = to.start - from.start;
  return [
    ...(later === 0 ? [] : [`it begins ${inWords(Math.abs(later))} ${later > 0 ? 'later' : 'sooner'}`]),
    ...(to.minutes === from.minutes ? [] : [`it lasts ${to.minutes} minutes instead of ${from.minutes}`]),
    to.image === from.image ? `with ${to.image}` : `with ${to.image} instead of ${from.image}`,
  ];
}

const events: Readonly<Record<string, (facts: Facts) => string>> = {
  booked: ({ minutes }) => `Booked for ${Number(minutes)} minutes.`,
  'wait-over': ({ waited }) => `Waited for ${inWords(Number(waited))}: it was their turn.`,
  offered: ({ waited }) => `Offered after a wait of ${inWords(Number(waited))}.`,
  accepted: () => 'The offer was taken.',
  'offer-missed': () => 'The offer was not answered in time.',
  assigned: ({ node }) => `Machine ${text(node)} was assigned.`,
  progress: ({ step, ahead }) =>
    `${text(step).slice(0, 1).toUpperCase()}${text(step).slice(1)}${ahead ? `, ${Number(ahead)} before it` : ''}.`,
  ready: ({ milliseconds }) =>
    milliseconds === undefined ? 'Ready.' : `Ready in ${seconds(milliseconds)} s.`,
  acknowledged: () => 'Connect was pressed.',
  'access-opened': () => 'The way to the machine is open.',
  connected: () => 'Connected for the first time.',
  extended: ({ minutes }) => `Extended by ${Number(minutes)} minutes.`,
  changed: ({ from, to }) => `Changed: ${changes(from as Booked, to as Booked).join(', ')}.`,
  'stayed-on': () => 'Left the class, to stay on.',
  'seat-claimed': ({ course }) => `A seat of the class ${text(course)}.`,
  shortened: ({ minutes }) => `Shortened by ${Number(minutes)} minutes.`,
  kept: () => 'Kept to its planned end.',
  moved: ({ because }) => `Moved to another machine: ${text(because)}`,
  waits: ({ because }) => `Waiting for this machine or another one: ${text(because)}`,
  'reboot-asked': () => 'A reboot was asked for.',
  rebooted: () => 'Rebooted.',
  'reboot-failed': ({ because }) => `The reboot did not work: ${text(because)}`,
  'reinstall-asked': () => 'A reinstallation was asked for.',
  'start-asked': () => 'It was asked to be switched on.',
  down: () => 'The machine does not start.',
  'another-asked': ({ who }) =>
    `${text(who)} asked for another machine: this one does not start, and what was on it is lost.`,
  'powered-on': ({ crashed }) =>
    crashed === true
      ? 'It went down and was started again from its own disk.'
      : 'Switched on from its own disk.',
  paused: () => 'It stands still: the disk of the computer it runs on is full.',
  resumed: () => 'It goes on: there is room again.',
  'end-asked': ({ reason, who, cancelled }) =>
    `${text(who)} ${cancelled === true ? 'cancelled' : 'ended'} it${text(reason) ? `: ${text(reason)}` : '.'}`,
  'timed-out': ({ reason }) => text(reason),
  failed: ({ because }) => `Failed: ${text(because)}`,
  'capture-asked': ({ image, number }) =>
    text(image)
      ? `Capturing as ${text(image)}, revision ${Number(number)}, was asked for.`
      : 'Another try to capture was asked for.',
  captured: ({ image, number }) => `Captured as ${text(image)}, revision ${Number(number)}.`,
  'capture-failed': ({ because }) => `The capture did not succeed: ${text(because)}`,
  'capture-given-up': () => 'The capture was given up.',
  'saves-itself': () => 'The booked time is over: it is saved first.',
  complete: () => 'Nobody can get in any more.',
  'node-clean': () => 'The machine was cleaned and is ready for the next person.',
};

/** Who did something, in the eyes of who reads it. */
export function whoDid(by: { id: number | null; name: string | null }, readerId: number): string {
  return by.id === readerId ? 'You' : (by.name ?? 'Somebody');
}

/** One line of a history; null for what is not for people. `who` among the facts is who did it, `cancelled`: before it began. */
export function eventText(kind: string, facts: Facts): string | null {
  return events[kind]?.(facts) ?? null;
}
