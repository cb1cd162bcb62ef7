/** What people do in a semester, through the services. */
import { hour, minute } from '../../domain/time.ts';
import { timeNow } from '../../lib/clock.ts';
import type { SignedIn } from '../../services/views.ts';
import { type ClassDate, datesOfClasses, notReady } from './classes.ts';
import { personNamed, placeInLine } from './people.ts';
import type { BookEvent, ClaimEvent, SemesterEvent } from './script-parts.ts';
import type { Stage } from './stage.ts';
import { count } from './tally.ts';
import { unlessRefused } from './unless-refused.ts';
import { visit } from './visit.ts';
import { imageName, studentName } from './world.ts';

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

/** How long a machine usually takes. */
const loads = 4 * minute;

async function book(stage: Stage, event: BookEvent): Promise<void> {
  const { world, tally } = stage;
  const me = await personNamed(world.deps, studentName(event.student));
  const wish = { image: imageName(event.image), minutes: event.minutes };
  const start = event.start === null ? {} : { start: event.start };
  const got = await unlessRefused(tally, () => world.services.reserve(me, { ...wish, ...start }));
  if (typeof got !== 'string') {
    count(tally, 'booked');
    visit(stage, { ...event, me, id: got.id, at: event.start ?? timeNow() + loads });
  }
  if (got !== 'reservation.no-machine' || event.start !== null || !event.waits) return;
  const place = await unlessRefused(tally, () => world.services.wait(me, wish));
  if (typeof place === 'string') return;
  count(tally, 'waits');
  lookAtPlace(stage, event, me, place.id);
}

/** They hear of it within a few minutes when their turn has come. */
function lookAtPlace(stage: Stage, event: BookEvent, me: SignedIn, id: number): void {
  const act = async () => {
    const place = await placeInLine(stage.world.deps, id);
    if (place.waits) lookAtPlace(stage, event, me, id);
    else if (place.reservationId !== null)
      visit(stage, { ...event, me, id: place.reservationId, at: timeNow() });
  };
  stage.later({ at: timeNow() + 5 * minute, act });
}

async function claim(stage: Stage, event: ClaimEvent, date: ClassDate): Promise<void> {
  const { world, tally } = stage;
  const me = await personNamed(world.deps, studentName(event.student));
  const got = await unlessRefused(tally, () => world.services.claim(me, date.id));
  if (typeof got === 'string') return;
  count(tally, 'claimed');
  visit(stage, { ...stays, me, id: got.id, at: timeNow(), minutes: 0 });
}

/** Until the class is over. */
const stays = { comes: true, leaves: null, extends: null };

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
