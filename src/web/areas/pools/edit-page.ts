import type { PoolSettingsView, PoolTestView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { idleRuleTexts } from '../../fields.ts';
import type { Refusal } from '../../refusal.ts';
import { type CheckLine, checkLines, saysOfChecks } from './check-lines.ts';
import { type Typed, textsOf } from './form.ts';

export interface EditPoolPage {
  readonly pool: PoolSettingsView;
  readonly typed: Typed;
  /** What somebody else has made of it meanwhile, where that differs from what was typed. */
  readonly differs: Typed;
  readonly refusal: Refusal | null;
  readonly test: TestCard | null;
  /** The page of the network that its machines start from; null where they start from none. */
  readonly network: string | null;
}

interface TestCard {
  /** What came of it, in a line. */
  readonly says: string;
  readonly when: When;
  readonly href: string;
  readonly under: boolean;
  readonly outdated: boolean;
  readonly checks: readonly CheckLine[];
}

export function editPoolPage(
  pool: PoolSettingsView,
  test: PoolTestView | null,
  over: Typed,
  refusal: Refusal | null,
  clock: Clock,
): EditPoolPage {
  const now = { name: pool.name, reach: pool.reach, ...textsOf(pool.settings), ...idleRuleTexts(pool) };
  const conflict = refusal?.code === 'changed-meanwhile';
  const version = conflict ? String(pool.version) : (over.version ?? String(pool.version));
  const differing = Object.entries(now).filter(([name, text]) => conflict && (over[name] ?? text) !== text);
  return {
    ...{ pool, refusal, typed: { ...now, ...over, version } },
    differs: Object.fromEntries(differing),
    test: test && testCard(test, clock),
    network: pool.fromNetwork ? `/pools/${pool.id}/network` : null,
  };
}

function testCard(test: PoolTestView, clock: Clock): TestCard {
  const under = test.endedAt === null;
  return {
    ...{ under, outdated: test.outdated, says: saysOf(test) },
    when: clock.when(test.endedAt ?? test.askedAt),
    href: `/tasks/${test.taskId}`,
    checks: checkLines(test.checks),
  };
}

function saysOf({ state, failure, checks, place }: PoolTestView): string {
  if (state === 'queued') return `Nothing at ${place} has begun it yet: does its daemon run?`;
  if (state === 'running') return 'It is being tested.';
  if (state === 'failed') return `It could not be tested: ${failure ?? 'nobody knows why'}`;
  return saysOfChecks(checks);
}
