/** What people do in the order of time: what the script says, and what follows from it. */
import type { People } from './act.ts';
import type { SemesterEvent } from './script-parts.ts';
import type { Follow } from './tally.ts';

/** Takes from a script, and from what is added, whatever comes first. */
export class Agenda {
  readonly #follows: Follow[] = [];
  readonly #events: readonly SemesterEvent[];
  #place: number;

  /** Of the events, those from `since` on. */
  constructor(events: readonly SemesterEvent[], since: number) {
    this.#events = events;
    const first = events.findIndex(({ at }) => at >= since);
    this.#place = first === -1 ? events.length : first;
  }

  /** After what is at the same time. */
  add(follow: Follow): void {
    let [low, high] = [0, this.#follows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#follows[middle]?.at ?? 0) <= follow.at) low = middle + 1;
      else high = middle;
    }
    this.#follows.splice(low, 0, follow);
  }

  /** When the next is; infinity when nothing is left. */
  next(): number {
    const never = Number.POSITIVE_INFINITY;
    return Math.min(this.#follows[0]?.at ?? never, this.#events[this.#place]?.at ?? never);
  }

  /** Does the next: what follows goes before what is new. */
  async act(people: People): Promise<void> {
    const event = this.#events[this.#place];
    const follow = this.#follows[0];
    if (follow && follow.at <= (event?.at ?? follow.at)) {
      this.#follows.shift();
      await follow.act();
    } else if (event) {
      this.#place++;
      await people.act(event);
    }
  }
}
