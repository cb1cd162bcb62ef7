import { once } from 'node:events';
import type { SignedIn } from '../../src/services/views.ts';
import { forkProgram } from './fork-program.ts';

export interface BookingRequest {
  readonly me: SignedIn;
  readonly minutes: number;
  readonly start?: number | undefined;
}

export interface BookerOrder {
  readonly url: string;
  /** Booked in this order, `together` at a time. */
  readonly requests: readonly BookingRequest[];
  readonly together?: number;
  /** Afterwards: books and ends at random for so long, for these people, now or within two hours from `from`. */
  readonly churnSeconds?: number;
  readonly churners?: readonly SignedIn[];
  readonly from?: number;
  readonly admin?: SignedIn;
}

export interface Booked {
  booked: number;
  refused: number;
  ended: number;
  /** Why it was refused: each code once. */
  readonly codes: string[];
  /** What must never happen. */
  readonly errors: string[];
}

/** Books in a process of its own and says what came of it. */
export async function runBooker(order: BookerOrder): Promise<Booked> {
  const child = forkProgram(new URL('./booker-process.ts', import.meta.url));
  child.send(order);
  const [count] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`a booking process ended with ${String(code)}`)),
    ),
  ])) as [Booked];
  child.kill('SIGKILL');
  return count;
}
