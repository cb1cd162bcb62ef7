/** Somebody's place in the line for an environment. */
export interface WaitingView {
  readonly id: number;
  readonly image: { readonly name: string; readonly title: string; readonly icon: string };
  /** The pools whose machines could be theirs. */
  readonly pools: readonly string[];
  readonly user: { readonly id: number; readonly name: string };
  readonly minutes: number;
  /** They are asked before it starts; else it is started for them. */
  readonly askFirst: boolean;
  readonly since: number;
  /** 1: nobody who wants a machine like it came before. Null while something is offered. */
  readonly place: number | null;
  /** When it is their turn at the latest, as everything is booked now; null where that cannot be said. Epoch milliseconds. */
  readonly estimate: number | null;
  /** Offers that were not answered. */
  readonly missed: number;
  /** What is held for them until they have answered. */
  readonly offer: { readonly reservationId: number; readonly until: number } | null;
}
