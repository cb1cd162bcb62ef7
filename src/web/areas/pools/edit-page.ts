import type { PoolSettingsView, PoolTestView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import { type Typed, textsOf } from './form.ts';

export interface EditPoolPage {
  readonly pool: PoolSettingsView;
  readonly typed: Typed;
  /** What somebody else has made of it meanwhile, where that differs from what was typed. */
  readonly differs: Typed;
  readonly refusal: Refusal | null;
  readonly test: TestCard | null;
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

interface CheckLine {
  readonly name: string;
  readonly says: string;
  readonly mend: string | null;
  readonly icon: string;
  readonly word: string;
  readonly result: 'fine' | 'warning' | 'wrong';
}

const results = {
  fine: { icon: 'check', word: 'Fine' },
  warning: { icon: 'info', word: 'Take note' },
  wrong: { icon: 'alert', word: 'Wrong' },
} as const;

export function editPoolPage(
  pool: PoolSettingsView,
  test: PoolTestView | null,
  over: Typed,
  refusal: Refusal | null,
  clock: Clock,
): EditPoolPage {
  const now = { name: pool.name, reach: pool.reach, ...textsOf(pool.settings) };
  const conflict = refusal?.code === 'changed-meanwhile';
  const version = conflict ? String(pool.version) : (over.version ?? String(pool.version));
  const differing = Object.entries(now).filter(([name, text]) => conflict && (over[name] ?? text) !== text);
  return {
    ...{ pool, refusal, typed: { ...now, ...over, version } },
    differs: Object.fromEntries(differing),
    test: test && testCard(test, clock),
  };
}

function testCard(test: PoolTestView, clock: Clock): TestCard {
  const under = test.endedAt === null;
  return {
    ...{ under, outdated: test.outdated, says: saysOf(test) },
    when: clock.when(test.endedAt ?? test.askedAt),
    href: `/tasks/${test.taskId}`,
    checks: test.checks.map((check) => ({ ...check, ...results[check.result] })),
  };
}

function saysOf({ state, failure, checks, place }: PoolTestView): string {
  if (state === 'queued') return `Nothing at ${place} has begun it yet: does its daemon run?`;
  if (state === 'running') return 'It is being tested.';
  if (state === 'failed') return `It could not be tested: ${failure ?? 'nobody knows why'}`;
  const wrong = checks.filter(({ result }) => result === 'wrong').length;
  if (wrong > 0) return wrong === 1 ? 'One thing is wrong.' : `${wrong} things are wrong.`;
  return checks.some(({ result }) => result === 'warning')
    ? 'It works; something is worth knowing.'
    : 'All is fine.';
}
