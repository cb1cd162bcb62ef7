import { idIn } from '../../input.ts';
import { apiRoot } from '../../route.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentPage, presentReservation } from '../present.ts';
import { pageOf } from '../schemas/common.ts';
import { ReservationSchema } from '../schemas/reservations.ts';
import * as schema from '../schemas/servers.ts';

const list = defineOperation({
  ...{ id: 'listServers', method: 'get', path: '/servers', who: 'signed-in' },
  summary: 'Servers that one has, gets into or looks after, by name.',
  query: schema.ServersQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(ReservationSchema) } },
  run: async ({ services, me, query }) => ({
    status: 200,
    body: presentPage(await services.listServers(me, query), presentReservation),
  }),
});

const take = defineOperation({
  ...{ id: 'takeServer', method: 'post', path: '/servers', who: 'reservation.create' },
  summary:
    'Takes a server: a reservation of any length that groups of people get into. 403 for whose groups allow none.',
  body: schema.ServerBody,
  answers: { 201: { description: 'The reservation.', schema: ReservationSchema } },
  async run({ services, me, body, once }) {
    const made = await services.takeServer(me, body, once);
    const headers = { location: `${apiRoot}/reservations/${made.id}` };
    return { status: 201, body: presentReservation(made), headers };
  },
});

const change = defineOperation({
  ...{ id: 'changeServer', method: 'patch', path: '/servers/:id', who: 'signed-in' },
  summary:
    'Changes its name, its end and who gets in, while it runs; what is absent stays. Connect, extend, reboot and end are those of the reservation.',
  body: schema.ServerChangesBody,
  answers: { 200: { description: 'The reservation.', schema: ReservationSchema } },
  run: async ({ services, me, req, body, once }) => ({
    status: 200,
    body: presentReservation(await services.changeServer(me, idIn(req.params.id), body, once)),
  }),
});

export const serverOperations: readonly Operation[] = [list, take, change];
