import type { PoolCheck } from '../../../domain/contracts/provisioning.ts';

/** What was tried, as pages show it. */
export interface CheckLine extends PoolCheck {
  readonly icon: string;
  readonly word: string;
}

const results = {
  fine: { icon: 'check', word: 'Fine' },
  warning: { icon: 'info', word: 'Take note' },
  wrong: { icon: 'alert', word: 'Wrong' },
} as const;

export function checkLines(checks: readonly PoolCheck[]): CheckLine[] {
  return checks.map((check) => ({ ...check, ...results[check.result] }));
}

/** What came of them all, in a line. */
export function saysOfChecks(checks: readonly PoolCheck[]): string {
  const wrong = checks.filter(({ result }) => result === 'wrong').length;
  if (wrong > 0) return wrong === 1 ? 'One thing is wrong.' : `${wrong} things are wrong.`;
  return checks.some(({ result }) => result === 'warning')
    ? 'It works; something is worth knowing.'
    : 'All is fine.';
}
