/** What who teaches does while a class is held. */
import type { Request } from 'express';
import type { WallView } from '../../../services/block-views.ts';
import type { Services } from '../../../services/services.ts';
import type { SignedIn } from '../../../services/views.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import * as schema from '../schemas/blocks.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id/dates/:date';

const iso = (at: number) => new Date(at).toISOString();

function presentWall({ start, end, now, tiles, ...rest }: WallView) {
  const seats = tiles.map((tile) => ({ ...tile, end: iso(tile.end) }));
  const people = [...rest.people];
  return { ...rest, people, start: iso(start), end: iso(end), now: iso(now), tiles: seats };
}

const ids = (req: Request) => [idIn(req.params.id), idIn(req.params.date)] as const;
const seats = { 200: { description: 'The seats.', schema: schema.WallSchema } };

async function seatsNow(services: Services, me: SignedIn, req: Request) {
  return { status: 200, body: presentWall(await services.wall(me, ...ids(req))) };
}

const getSeats = defineOperation({
  ...{ id: 'getSeats', method: 'get', path: `${one}/seats`, who, answers: seats },
  summary: 'Every seat of one date as it is now, those that need somebody first.',
  run: ({ services, me, req }) => seatsNow(services, me, req),
});

const sayToClass = defineOperation({
  ...{ id: 'sayToClass', method: 'post', path: `${one}/message`, who, answers: seats },
  summary: 'Tells all who sit in a class something, on their pages and in their terminals.',
  body: schema.TellBody,
  async run({ services, me, req, body, once }) {
    await services.sayToClass(me, ...ids(req), body.text, once);
    return seatsNow(services, me, req);
  },
});

const extendClass = defineOperation({
  ...{ id: 'extendClass', method: 'post', path: `${one}/extend`, who, answers: seats },
  summary:
    'The class lasts longer, with every seat whose machine can be kept (409 `reservation.extend-blocked` where none can).',
  body: schema.LongerBody,
  async run({ services, me, req, body, once }) {
    await services.extendClass(me, ...ids(req), body.minutes, once);
    return seatsNow(services, me, req);
  },
});

const giveExtra = defineOperation({
  ...{ id: 'giveExtraMinutes', method: 'post', path: `${one}/extra`, who, answers: seats },
  summary: 'A student keeps their seat so much longer than the class, whether they have one yet or not.',
  body: schema.ExtraBody,
  async run({ services, me, req, body, once }) {
    await services.giveExtra(me, ...ids(req), body, once);
    return seatsNow(services, me, req);
  },
});

const endClass = defineOperation({
  ...{ id: 'endClass', method: 'post', path: `${one}/end`, who, answers: seats },
  summary: 'The class ends in five minutes, counted down to all who sit in it; each may stay on by `extend`.',
  async run({ services, me, req, once }) {
    await services.endClass(me, ...ids(req), once);
    return seatsNow(services, me, req);
  },
});

const goOnWithClass = defineOperation({
  ...{ id: 'goOnWithClass', method: 'post', path: `${one}/go-on`, who, answers: seats },
  summary: 'A class that was ended ends when it was planned after all.',
  async run({ services, me, req, once }) {
    await services.goOnWithClass(me, ...ids(req), once);
    return seatsNow(services, me, req);
  },
});

const startFor = defineOperation({
  ...{ id: 'startForStudent', method: 'post', path: `${one}/start`, who },
  summary: 'Takes a seat for a student of the course; who has one keeps it.',
  body: schema.StudentBody,
  answers: { 200: { description: 'Its reservation.', schema: schema.ClaimedSchema } },
  async run({ services, me, req, body, once }) {
    const { id } = await services.startFor(me, ...ids(req), body.person, once);
    return { status: 200, body: { reservationId: id } };
  },
});

const giveAnother = defineOperation({
  ...{ id: 'giveAnotherMachine', method: 'post', path: `${one}/another`, who, answers: seats },
  summary:
    'Another machine for the seat of a student, whose own went down and does not start again; what is on its disk is lost. 409 `reservation.no-machine` where none is free.',
  body: schema.StudentBody,
  async run({ services, me, req, body, once }) {
    await services.giveAnother(me, ...ids(req), body.person, once);
    return seatsNow(services, me, req);
  },
});

export const classDayOperations: readonly Operation[] = [
  getSeats,
  sayToClass,
  extendClass,
  giveExtra,
  startFor,
  giveAnother,
  endClass,
  goOnWithClass,
];
