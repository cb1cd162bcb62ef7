/** What who teaches does while a class is held: part of `Services`. Each throws `not-found` for a class of somebody else's course. */
import type { Once } from './requests.ts';
import type { SignedIn } from './views.ts';

type Me = SignedIn;

export interface ExtraMinutes {
  /** Their login. */
  readonly person: string;
  /** So much longer than the class; 0: no longer. */
  readonly minutes: number;
  /** At the dates that follow, too. */
  readonly later?: boolean | undefined;
}

export interface ClassDayServices {
  /** Tells all who sit in it something, on their pages and in their terminals. */
  sayToClass(me: Me, id: number, dateId: number, text: string, once?: Once): Promise<void>;
  /** The class lasts longer, with every seat whose machine can be kept; none: `reservation.extend-blocked`. */
  extendClass(me: Me, id: number, dateId: number, minutes: number, once?: Once): Promise<void>;
  /** A student keeps their seat longer than the class, whether they have one yet or not. */
  giveExtra(me: Me, id: number, dateId: number, extra: ExtraMinutes, once?: Once): Promise<void>;
  /** The class ends in five minutes, counted down to all who sit in it; who was given more time keeps that. */
  endClass(me: Me, id: number, dateId: number, once?: Once): Promise<void>;
  /** It ends when it was planned after all; `block.state` when it is over. */
  goOnWithClass(me: Me, id: number, dateId: number, once?: Once): Promise<void>;
  /** Another machine for the seat of a student, whose own went down and does not start again; none: `reservation.no-machine`. */
  giveAnother(me: Me, id: number, dateId: number, person: string, once?: Once): Promise<void>;
  /** Takes a seat for a student, by their login; who has one keeps it. */
  startFor(me: Me, id: number, dateId: number, person: string, once?: Once): Promise<{ readonly id: number }>;
}
