/** Somebody and the machine that they were promised: they come, stay longer than they said, and leave. */
import { LabError } from '../../domain/errors.ts';
import { minute } from '../../domain/time.ts';
import { timeNow } from '../../lib/clock.ts';
import type { SignedIn } from '../../services/views.ts';
import type { Plans } from './script-parts.ts';
import type { Stage } from './stage.ts';
import { count } from './tally.ts';
import { unlessRefused } from './unless-refused.ts';

/** So long they look whether it is ready, once a minute. */
const patience = 20 * minute;
/** So long before its end they notice that they need it longer. */
const notices = 10 * minute;
/** Where they come from (RFC 5737). */
const address = '192.0.2.1';

export interface Visit extends Plans {
  readonly me: SignedIn;
  /** Of the reservation. */
  readonly id: number;
  /** When they come, epoch milliseconds. */
  readonly at: number;
  readonly minutes: number;
}

/** Has all of it happen when it is time. Who does not come is somebody whose machine is taken back. */
export function visit(stage: Stage, { me, id, at, minutes, comes, leaves, extends: more }: Visit): void {
  const { world, tally, later } = stage;
  const does = (what: string, when: number, act: () => Promise<unknown>) =>
    later({
      at: when,
      act: async () => typeof (await unlessRefused(tally, act)) !== 'string' && count(tally, what),
    });
  if (!comes) return;
  later({ at, act: () => arrive(stage, me, id, at + patience) });
  if (more !== null)
    does('extended', at + minutes * minute - notices, () => world.services.extend(me, id, more));
  if (leaves !== null)
    does('left', at + leaves * minute, () => {
      world.seated?.delete(id);
      return world.services.endReservation(me, id);
    });
}

/** Presses Connect as soon as it is ready, and is on it then. */
async function arrive(stage: Stage, me: SignedIn, id: number, until: number): Promise<void> {
  const { world, tally, later } = stage;
  if (world.seated === null) return;
  world.seated.add(id);
  try {
    await world.services.connect(me, id, address);
    count(tally, 'connected');
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    world.seated.delete(id);
    const at = timeNow() + minute;
    if (error.code === 'reservation.not-ready' && at < until)
      later({ at, act: () => arrive(stage, me, id, until) });
    else count(tally, `connect: ${error.code}`);
  }
}
