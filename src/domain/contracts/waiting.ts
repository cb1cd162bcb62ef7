/** Those who wait for a machine, as far as time does something to them. */
export interface WaitingDue {
  readonly now: number;
  /** Places whose offer was not answered in time, or came to nothing. */
  readonly missed: readonly number[];
  /** When to look again, if nothing is changed before. */
  readonly next: number;
}

/** The changes to the waiting list, as part of a state writer. */
export interface WaitingWriter {
  /** Takes a missed offer back; its place is kept, and asked once more. */
  missOffer(waiterId: number): Promise<void>;
  /** Gives what is free to those who wait; how many were served. */
  serveWaiters(): Promise<number>;
  /** Its machine is ready, and its person has not answered; false where it is no offer, or none any more. */
  offerReady(reservationId: number): Promise<boolean>;
}
