/** What happens to one load: drawn from the seed, the node, its load and the attempt, so that a run can be repeated. */
import { createHash } from 'node:crypto';
import type { FailureKind } from '../../../src/domain/errors.ts';
import type { SimulatorSettings } from './settings.ts';

export interface LoadCourse {
  readonly seconds: number;
  /** Where a load fails, as a share of its time; null when it does not. */
  readonly failure: { readonly kind: FailureKind; readonly after: number } | null;
  readonly hangs: boolean;
}

export interface LoadIdentity {
  readonly node: number;
  readonly load: number;
  readonly attempt: number;
}

export function drawLoad(settings: SimulatorSettings, identity: LoadIdentity): LoadCourse {
  const draw = (what: string) => chance(settings.seed, identity, what);
  const kinds = settings.failureKinds;
  const kind = kinds[Math.floor(draw('kind') * kinds.length)] ?? 'retry';
  const fails = draw('failure') < settings.failureRate;
  return {
    seconds: settings.loadSeconds * (1 + settings.spread * (2 * draw('seconds') - 1)),
    failure: fails ? { kind, after: draw('after') } : null,
    hangs: draw('hang') < settings.hangRate,
  };
}

/** A number in [0, 1). */
function chance(seed: string, { node, load, attempt }: LoadIdentity, what: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, node, load, attempt, what]))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
