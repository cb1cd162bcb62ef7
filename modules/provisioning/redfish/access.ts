/** How a Redfish service is reached, and how long it is waited for. */
import type { BmcAccess } from '../../../src/domain/contracts/facts.ts';

export type RedfishAccess = Omit<BmcAccess, 'cipher'>;

/** Milliseconds. */
export interface RedfishPatience {
  /** For one answer. */
  readonly answerMs: number;
  /** Between two looks at work that it does in its own time. */
  readonly pollMs: number;
  /** For such work altogether. */
  readonly taskMs: number;
  /** A session that nobody used for so long is ended. */
  readonly idleMs: number;
}

export const usualPatience: RedfishPatience = {
  answerMs: 20_000,
  pollMs: 1_000,
  taskMs: 60_000,
  idleMs: 60_000,
};
