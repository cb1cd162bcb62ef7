import { homePulse, reservationPulse } from '../../../db/queries/reservations.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { home, ownMachines } from '../catalog/home.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Services } from '../services.ts';
import { takeAnother } from './another-machine.ts';
import { captureReservation, giveUpCapture, retryCapture } from './capture.ts';
import { endReservation, keepReservation, startActivity, startMachine } from './change.ts';
import { changeBooking, changeVerdict } from './change-booking.ts';
import { connect, connection } from './connect.ts';
import { extend, extension, shorten } from './extend.ts';
import { findTimes } from './find-a-time.ts';
import { findReservations, listReservations } from './list.ts';
import { getReservation, history, justBooked, mine } from './read.ts';
import { book } from './reserve.ts';
import { consoleTicket, gatewaysFor, ticket } from './ticket.ts';
import { verdict } from './verdict.ts';
import { watch } from './watch.ts';

type Parts =
  | 'home'
  | 'ownMachines'
  | 'watchHome'
  | 'verdict'
  | 'findTimes'
  | 'reserve'
  | 'changeBooking'
  | 'changeVerdict'
  | 'getReservation'
  | 'listReservations'
  | 'findReservations'
  | 'history'
  | 'connect'
  | 'connection'
  | 'extension'
  | 'extend'
  | 'shorten'
  | 'keep'
  | 'reboot'
  | 'reinstall'
  | 'capture'
  | 'retryCapture'
  | 'giveUpCapture'
  | 'startMachine'
  | 'takeAnother'
  | 'endReservation'
  | 'dismissNotice'
  | 'ticket'
  | 'consoleTicket'
  | 'gatewaysFor'
  | 'watchReservation'; // prettier-ignore

/** Everything about reservations. */
export function reservationServices(deps: ServiceDeps): Pick<Services, Parts> {
  return {
    home: (me) => home(deps, me),
    ownMachines: (me) => ownMachines(deps, me),
    watchHome: (me, changed) =>
      watch(deps.db, `home ${me.id}`, (reader) => homePulse(reader, me.id), changed),
    verdict: (me, request) => verdict(deps, me, request),
    findTimes: (me, request) => findTimes(deps, me, request),
    reserve: async (me, request, once) => {
      const booked = await book(deps, me, request, once);
      return booked.repeated ? getReservation(deps, me, booked.id) : justBooked(deps, me, booked.id);
    },
    changeBooking: (me, id, request, once) => changeBooking(deps, me, id, request, once),
    changeVerdict: (me, id, request) => changeVerdict(deps, me, id, request),
    getReservation: (me, id) => getReservation(deps, me, id),
    listReservations: (me, request) => listReservations(deps, me, request),
    findReservations: (me, request) => findReservations(deps, me, request),
    history: (me, id, after) => history(deps, me, id, after),
    connect: (me, id, from, once) => connect(deps, me, id, from, once),
    connection: (me, id) => connection(deps, me, id),
    extension: (me, id) => extension(deps, me, id),
    extend: (me, id, minutes, once) => extend(deps, me, id, minutes, once),
    shorten: (me, id, minutes, once) => shorten(deps, me, id, minutes, once),
    keep: (me, id, once) => keepReservation(deps, me, id, once),
    reboot: (me, id, once) => startActivity(deps, me, id, 'reboot', once),
    reinstall: (me, id, once) => startActivity(deps, me, id, 'reinstall', once),
    capture: (me, id, request, once) => captureReservation(deps, me, id, request, once),
    retryCapture: (me, id, once) => retryCapture(deps, me, id, once),
    giveUpCapture: (me, id, once) => giveUpCapture(deps, me, id, once),
    startMachine: (me, id, once) => startMachine(deps, me, id, once),
    takeAnother: (me, id, once) => takeAnother(deps, me, id, once),
    endReservation: (me, id, reason) => endReservation(deps, me, id, reason),
    dismissNotice: (me, noticeId) =>
      inTransaction(deps.db, async (tx) => {
        await tx.table('notices').where({ id: noticeId, user_id: me.id }).update({ dismissed_at: tx.now });
      }),
    ticket: (me, id, purpose, from, machine) => ticket(deps, me, id, purpose, from, machine),
    consoleTicket: (me, id, from) => consoleTicket(deps, me, id, from),
    gatewaysFor: (secret) => gatewaysFor(deps, secret),
    watchReservation: async (me, id, changed) => {
      await reading(deps.db, (reader) => mine(reader, me, id, 'reservation.read'));
      return watch(deps.db, `reservation ${id}`, (reader) => reservationPulse(reader, id), changed);
    },
  };
}
