import type { Once, Services } from '../../../services/services.ts';
import type { ReservationView, SignedIn } from '../../../services/views.ts';
import { idIn } from '../../input.ts';
import { apiRoot } from '../../route.ts';
import { type Answer, defineOperation, type Operation } from '../operation.ts';
import * as present from '../present.ts';
import { pageOf } from '../schemas/common.ts';
import { CaptureBody, CaptureSchema } from '../schemas/images.ts';
import * as schema from '../schemas/reservations.ts';

const one = '/reservations/:id';
const reservation = { description: 'The reservation.', schema: schema.ReservationSchema };
const connection = { description: 'How to get in.', schema: schema.ConnectionSchema };

const reserve = defineOperation({
  ...{ id: 'reserve', method: 'post', path: '/reservations', who: 'reservation.create' },
  summary: 'Reserves a machine with an image.',
  body: schema.ReserveBody,
  answers: { 201: { ...reservation, description: 'Reserved.' } },
  async run({ services, me, body, once }) {
    const made = await services.reserve(me, { ...body, start: body.start ?? undefined }, once);
    const headers = { location: `${apiRoot}/reservations/${made.id}` };
    return { status: 201, body: present.presentReservation(made), headers };
  },
});

const list = defineOperation({
  ...{ id: 'listReservations', method: 'get', path: '/reservations', who: 'signed-in' },
  summary: 'One’s own reservations, newest first.',
  query: schema.ReservationsQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.ReservationSchema) } },
  async run({ services, me, query }) {
    const { everybody = false, live = false, limit, cursor, ...filter } = query;
    const found = await services.listReservations(me, { limit, cursor, everybody, live, filter });
    return { status: 200, body: present.presentPage(found, present.presentReservation) };
  },
});

const get = defineOperation({
  ...{ id: 'getReservation', method: 'get', path: one, who: 'signed-in' },
  summary: 'One reservation.',
  answers: { 200: reservation },
  run: async ({ services, me, req }) => shown(await services.getReservation(me, idIn(req.params.id))),
});

const end = defineOperation({
  ...{ id: 'endReservation', method: 'delete', path: one, who: 'signed-in' },
  summary: 'Ends it, in any state. What is on the machine is lost.',
  body: schema.EndBody,
  answers: { 200: reservation },
  run: async ({ services, me, req, body }) =>
    shown(await services.endReservation(me, idIn(req.params.id), body?.reason)),
});

const change = defineOperation({
  ...{ id: 'changeReservation', method: 'patch', path: one, who: 'signed-in' },
  summary:
    'Another start, length or image for a booking whose machine is not being made ready yet, whole or not at all.',
  body: schema.ChangeBody,
  answers: { 200: reservation },
  run: async ({ services, me, req, body, once }) =>
    shown(await services.changeBooking(me, idIn(req.params.id), body, once)),
});

const extend = defineOperation({
  ...{ id: 'extendReservation', method: 'post', path: `${one}/extend`, who: 'signed-in' },
  summary: 'Moves its end. Later bookings of its node that have not begun to load are moved to others first.',
  body: schema.ExtendBody,
  answers: { 200: reservation },
  run: async ({ services, me, req, body, once }) =>
    shown(await services.extend(me, idIn(req.params.id), body.minutes, once)),
});

const shorten = defineOperation({
  ...{ id: 'shortenReservation', method: 'post', path: `${one}/shorten`, who: 'signed-in' },
  summary: 'Gives back some of its time.',
  body: schema.ShortenBody,
  answers: { 200: reservation },
  run: async ({ services, me, req, body, once }) =>
    shown(await services.shorten(me, idIn(req.params.id), body.minutes, once)),
});

const extension = defineOperation({
  ...{ id: 'getExtension', method: 'get', path: `${one}/extend`, who: 'signed-in' },
  summary: 'How far it can be extended, and why not further.',
  answers: { 200: { description: 'The real limit.', schema: schema.ExtensionSchema } },
  run: async ({ services, me, req }) => {
    const found = await services.extension(me, idIn(req.params.id));
    return { status: 200, body: present.presentExtension(found) };
  },
});

const connect = defineOperation({
  ...{ id: 'connect', method: 'post', path: `${one}/connection`, who: 'signed-in' },
  summary: 'Opens the way to the machine for its account, and says how to get in.',
  answers: { 200: connection },
  run: async ({ services, me, req, once }) => {
    const opened = await services.connect(me, idIn(req.params.id), req.ip ?? '', once);
    return { status: 200, body: present.presentConnection(opened) };
  },
});

const getConnection = defineOperation({
  ...{ id: 'getConnection', method: 'get', path: `${one}/connection`, who: 'signed-in' },
  summary: 'The same, once it was opened; 409 before.',
  answers: { 200: connection },
  run: async ({ services, me, req }) => {
    const opened = await services.connection(me, idIn(req.params.id));
    return { status: 200, body: present.presentConnection(opened) };
  },
});

const capture = defineOperation({
  ...{ id: 'capture', method: 'post', path: `${one}/capture`, who: 'image.create' },
  summary: 'Saves the machine as a new image or as a revision; the reservation ends with it unless goOn.',
  body: CaptureBody,
  answers: { 202: { description: 'The task that does it.', schema: CaptureSchema } },
  async run({ services, me, req, body, once }) {
    const begun = await services.capture(me, idIn(req.params.id), body, once);
    return { status: 202, body: present.presentCapture(begun) };
  },
});

type Act = (services: Services, me: SignedIn, id: number, once: Once) => Promise<ReservationView>;

function action(id: string, path: string, summary: string, act: Act): Operation {
  return defineOperation({
    ...{
      id,
      method: 'post',
      path: `${one}/${path}`,
      who: 'signed-in',
      summary,
      answers: { 200: reservation },
    },
    run: async ({ services, me, req, once }) => shown(await act(services, me, idIn(req.params.id), once)),
  });
}

function shown(changed: ReservationView): Answer {
  return { status: 200, body: present.presentReservation(changed) };
}

export const reservationOperations: readonly Operation[] = [
  reserve,
  list,
  get,
  change,
  end,
  extension,
  extend,
  shorten,
  getConnection,
  connect,
  action('keep', 'keep', 'Keeps it to its end, connected or not.', (services, me, id, once) =>
    services.keep(me, id, once),
  ),
  action('reboot', 'reboot', 'Restarts the machine.', (services, me, id, once) =>
    services.reboot(me, id, once),
  ),
  action('reinstall', 'reinstall', 'Installs it anew; what is on it is lost.', (services, me, id, once) =>
    services.reinstall(me, id, once),
  ),
  capture,
  action('retryCapture', 'capture/retry', 'Tries a capture again.', (services, me, id, once) =>
    services.retryCapture(me, id, once),
  ),
  action('giveUpCapture', 'capture/give-up', 'Gives a capture up.', (services, me, id, once) =>
    services.giveUpCapture(me, id, once),
  ),
  action('startMachine', 'start', 'Starts a machine that is switched off.', (services, me, id, once) =>
    services.startMachine(me, id, once),
  ),
  action(
    'takeAnotherMachine',
    'another',
    'Another machine until the same end, for one that went down and does not start again; what is on its disk is lost.',
    (services, me, id, once) => services.takeAnother(me, id, once),
  ),
];
