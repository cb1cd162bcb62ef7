import type { SemesterScript } from './script-parts.ts';
import type { Follow, Tally } from './tally.ts';
import type { World } from './world.ts';

/** Where a semester is played. */
export interface Stage {
  readonly world: World;
  readonly script: SemesterScript;
  readonly tally: Tally;
  /** Is told what follows from what was done. */
  readonly later: (follow: Follow) => void;
}
