/** What people do in a semester, through the services. */
import { LabError } from '../../domain/errors.ts';
import { hour, minute } from '../../domain/time.ts';
import { timeNow } from '../../lib/clock.ts';
import { type ClassDate, datesOfClasses, notReady } from './classes.ts';
import { personNamed } from './people.ts';
import type { BookEvent, ClaimEvent, SemesterEvent, SemesterScript } from './script-parts.ts';
import { count, type Follow, type Tally } from './tally.ts';
import { imageName, studentName, type World } from './world.ts';

export interface Stage {
  readonly world: World;
  readonly script: SemesterScript;
  readonly tally: Tally;
  /** Is told what follows from what was done. */
  readonly later: (follow: Follow) => void;
}

export interface People {
  /** They know when their classes are; an operator begins to look after what needs one. */
  begin(): Promise<void>;
  act(event: SemesterEvent): Promise<void>;
}

export function people(stage: Stage): People {
  const { script, world, later } = stage;
  const dates = new Map<string, ClassDate>();
  const keyOf = (number: number, start: number) => `${number} ${start}`;
  return {
    async begin() {
      for (const date of await datesOfClasses(world.deps)) {
        dates.set(keyOf(date.number, date.start), date);
        if (date.start > timeNow()) later({ at: date.start, act: () => lookAtSeats(stage, date) });
      }
      for (let at = timeNow() + hour; at < script.ends; at += hour)
        later({ at, act: () => allowAgain(stage) });
    },
    async act(event) {
      if (event.kind === 'book') return book(stage, event);
      const date = dates.get(keyOf(event.class, event.start));
      if (date) await claim(stage, event, date);
    },
  };
}

/** How long a machine usually takes: somebody who leaves works until then on it. */
const loads = 4 * minute;

async function book(stage: Stage, event: BookEvent): Promise<void> {
  const { world, tally, later } = stage;
  const me = await personNamed(world.deps, studentName(event.student));
  const wish = { image: imageName(event.image), minutes: event.minutes };
  const start = event.start === null ? {} : { start: event.start };
  const got = await unlessRefused(tally, () => world.services.reserve(me, { ...wish, ...start }));
  if (got === 'reservation.no-machine' && event.start === null && event.waits) {
    const place = await unlessRefused(tally, () => world.services.wait(me, wish));
    if (typeof place !== 'string') count(tally, 'waits');
  }
  if (typeof got === 'string') return;
  count(tally, 'booked');
  if (event.leaves === null) return;
  const at = (event.start ?? timeNow() + loads) + event.leaves * minute;
  const leave = () => unlessRefused(tally, () => world.services.endReservation(me, got.id));
  later({ at, act: async () => typeof (await leave()) !== 'string' && count(tally, 'left') });
}

async function claim({ world, tally }: Stage, event: ClaimEvent, { id }: ClassDate): Promise<void> {
  const me = await personNamed(world.deps, studentName(event.student));
  const got = await unlessRefused(tally, () => world.services.claim(me, id));
  if (typeof got !== 'string') count(tally, 'claimed');
}

/** Its answer, or the code of its refusal, which is counted. */
async function unlessRefused<T>(tally: Tally, ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    count(tally, error.code);
    return error.code;
  }
}

/** How many seats are there when a class begins, whether somebody sits in them or not. */
async function lookAtSeats({ world, tally }: Stage, date: ClassDate): Promise<void> {
  tally.seats.all += date.seats;
  tally.seats.ready += date.seats - (await notReady(world.deps, date));
}

/** Once an hour an operator allows what two machines failed to load, and has failed machines tried again. */
async function allowAgain({ world, tally }: Stage): Promise<void> {
  const admin = await personNamed(world.deps, 'admin');
  const { items } = await world.services.attention(admin);
  for (const { id, kind } of items) {
    if (kind !== 'revision' && kind !== 'node') continue;
    const done = await unlessRefused(tally, () => world.services.retryAttention(admin, id));
    if (typeof done !== 'string' && kind === 'revision') tally.allowed++;
  }
}
