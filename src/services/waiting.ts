import type { Once } from './requests.ts';
import type { ReservationView, SignedIn, WaitingView } from './views.ts';

export interface WaitRequest {
  readonly image: string;
  readonly minutes: number;
  /** Asked before it starts; else it is started at once, with the usual time-outs. */
  readonly askFirst?: boolean | undefined;
}

/** The waiting list. */
export interface WaitingServices {
  /** Takes the last place, where nothing can be had now: `waiting.already`, `waiting.free`. */
  wait(me: SignedIn, request: WaitRequest, once?: Once): Promise<WaitingView>;
  /** Their own, in the order of the line; everybody's for who may see all reservations. */
  listWaiting(me: SignedIn, request?: { everybody?: boolean | undefined }): Promise<readonly WaitingView[]>;
  /** Gives up a place; what is offered is declined. */
  leaveLine(me: SignedIn, id: number): Promise<void>;
  /** Takes what is offered: all of its minutes count from now. `offer.over` when it is late. */
  acceptOffer(me: SignedIn, reservationId: number, once?: Once): Promise<ReservationView>;
}
