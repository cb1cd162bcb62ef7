import type { z } from 'zod';
import type { WaitingView } from '../../../services/views.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { pageOfAll } from '../page-of-all.ts';
import { presentReservation } from '../present.ts';
import { pageOf } from '../schemas/common.ts';
import { ReservationSchema } from '../schemas/reservations.ts';
import * as schema from '../schemas/waiting.ts';

const iso = (at: number) => new Date(at).toISOString();

function present(one: WaitingView): z.input<typeof schema.WaitingSchema> {
  const { id, image, pools, user, minutes, askFirst, since, place, estimate, missed, offer } = one;
  return {
    ...{
      id,
      image: image.name,
      imageTitle: image.title,
      pools: [...pools],
      user: user.name,
      minutes,
      askFirst,
    },
    ...{ since: iso(since), place, estimate: estimate === null ? null : iso(estimate), missed },
    offer: offer && { reservationId: offer.reservationId, until: iso(offer.until) },
  };
}

const list = defineOperation({
  ...{ id: 'listWaiting', method: 'get', path: '/waitlist', who: 'signed-in' },
  summary: 'Places in the line, in its order, with what is offered: one’s own, or everybody’s.',
  query: schema.WaitlistQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.WaitingSchema) } },
  async run({ services, me, query }) {
    const { items, next } = pageOfAll(await services.listWaiting(me, query), query);
    return { status: 200, body: { items: items.map(present), next } };
  },
});

const wait = defineOperation({
  ...{ id: 'wait', method: 'post', path: '/waitlist', who: 'reservation.create' },
  summary: 'Takes the last place in the line for an image, where nothing can be had now.',
  body: schema.WaitBody,
  answers: { 201: { description: 'The place.', schema: schema.WaitingSchema } },
  run: async ({ services, me, body, once }) => ({
    status: 201,
    body: present(await services.wait(me, body, once)),
  }),
});

const leave = defineOperation({
  ...{ id: 'leaveLine', method: 'delete', path: '/waitlist/:id', who: 'signed-in' },
  summary: 'Gives up a place; what is offered is declined.',
  answers: { 204: { description: 'It is given up.' } },
  async run({ services, me, req }) {
    await services.leaveLine(me, idIn(req.params.id));
    return { status: 204 };
  },
});

const accept = defineOperation({
  ...{ id: 'acceptOffer', method: 'post', path: '/reservations/:id/accept', who: 'signed-in' },
  summary: 'Takes what is offered: all of its minutes count from now. 409 when it is late.',
  answers: { 200: { description: 'The reservation.', schema: ReservationSchema } },
  run: async ({ services, me, req, once }) => ({
    status: 200,
    body: presentReservation(await services.acceptOffer(me, idIn(req.params.id), once)),
  }),
});

export const waitingOperations: readonly Operation[] = [list, wait, leave, accept];
