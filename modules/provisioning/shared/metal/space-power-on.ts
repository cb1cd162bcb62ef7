import { sleep } from '../../../../src/lib/sleep.ts';
import type { Bmc } from '../bmc/bmc.ts';

/** When the next machine of a pool may be switched on, by the pool's folder; of this process's clock. */
const freeAt = new Map<string, number>();

/** The same BMC, whose machine is switched on no sooner than so many seconds after another one of its pool. */
export function spacePowerOn(bmc: Bmc, pool: string, seconds: number): Bmc {
  return {
    ...bmc,
    async on(signal) {
      const now = performance.now();
      const turn = Math.max(now, freeAt.get(pool) ?? 0);
      freeAt.set(pool, turn + seconds * 1000);
      if (turn > now) await sleep(turn - now, signal);
      await bmc.on(signal);
    },
  };
}
