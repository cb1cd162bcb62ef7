import { sleep } from '../lib/sleep.ts';
import { makeClock } from '../web/clock.ts';
import { ApiError, callApi } from './call-api.ts';
import { CommandError } from './failure.ts';
import { complain } from './say.ts';

/** What of a reservation the wait looks at. */
export interface Waited {
  readonly id: number;
  readonly state: string;
  readonly start: string;
  readonly node: string | null;
  readonly reason: string | null;
  readonly simulated: boolean;
  readonly steps: readonly { readonly id: string; readonly title: string; readonly state: string }[];
  readonly progress: number | null;
  readonly progressText: string | null;
  readonly can: { readonly connect: boolean; readonly end: boolean };
}

/** Milliseconds between two looks: while it gets ready, and while its time has not come. */
const lookEvery = 1_000;
const lookRarely = 10_000;

/**
 * Waits until a reservation is ready, saying on standard error how far it is, and presses Connect; `connection` is null where
 * there is no machine to connect to. A site that is away for a while is waited for, too. Throws CommandError with the reason
 * when the reservation ends before.
 */
export async function waitForMachine<Reservation extends Waited, Connection>(
  id: number,
): Promise<{ readonly reservation: Reservation; readonly connection: Connection | null }> {
  const tell = teller();
  for (;;) {
    const reservation = await patiently(tell, () => callApi<Reservation>('GET', `/reservations/${id}`));
    if (reservation !== null) {
      refuseOver(reservation);
      for (const line of linesOf(reservation)) tell(line);
      if (reservation.can.connect && reservation.simulated) return { reservation, connection: null };
      const connect = () => callApi<Connection>('POST', `/reservations/${id}/connection`);
      const connection = reservation.can.connect ? await patiently(tell, connect) : null;
      if (connection !== null) return { reservation, connection };
    }
    await sleep(reservation !== null && isAhead(reservation) ? lookRarely : lookEvery);
  }
}

/** Null when it may go well in a moment: the site is away, or the machine does not answer yet. */
async function patiently<T>(tell: (line: string) => void, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'reservation.not-ready') return null;
    if (!error.isAway) throw error;
    tell('The site does not answer. It is tried again.');
    return null;
  }
}

function refuseOver({ id, can, reason }: Waited): void {
  if (!can.end) throw new CommandError(reason ?? `Reservation ${id} has ended.`);
}

/** Says each line once. */
function teller(): (line: string) => void {
  const told = new Set<string>();
  return (line) => {
    if (told.has(line)) return;
    told.add(line);
    complain(line);
  };
}

/** The phases that it is in or through, and what it waits for. */
function linesOf(reservation: Waited): string[] {
  const { steps, node, start, progress, progressText } = reservation;
  const phases = steps.filter(({ state }) => state !== 'todo');
  const lines = phases.map(({ id, title }) => (id === 'assigned' && node ? `${title}: ${node}` : title));
  if (isAhead(reservation)) lines.push(`It begins ${makeClock(null).when(Date.parse(start)).text}.`);
  if (progress === null && progressText !== null) lines.push(progressText);
  return lines;
}

function isAhead({ state, start }: Waited): boolean {
  return state === 'new' && Date.parse(start) > makeClock(null).now + 60_000;
}
