import type { Situation } from '../../../src/domain/contracts/situation.ts';

export interface Obstacle {
  /** One sentence. */
  readonly says: string;
  /** Until then it may go away by itself. */
  readonly grace: boolean;
}

/** What keeps the load from starting on this machine. */
export function obstacleOf({ allocation, node }: Situation): Obstacle | null {
  if (allocation?.blocked)
    return { says: 'The booking before this one has not left the machine yet.', grace: true };
  if (node?.state === 'failed' || node?.state === 'maintenance')
    return { says: 'The machine is out of order.', grace: false };
  if (node?.outFor && allocation?.state === 'held')
    return { says: 'The machine is out of service.', grace: false };
  return null;
}
