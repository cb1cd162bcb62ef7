/** What something takes of the hours that somebody has for a course. */
import type { BudgetView } from '../services/views.ts';
import { lengthOf } from './assets/js/words.js';

interface Costs {
  readonly course: string;
  readonly leftMinutes: number;
}

/** "It takes 1 h of your hours for Physics, of which 3 h are left." */
export function costSentence({ course, leftMinutes }: Costs, minutes: number): string {
  if (leftMinutes === 0) return `You have no hours left for ${course}.`;
  return `It takes ${lengthOf(minutes)} of the ${lengthOf(leftMinutes)} that you have left for ${course}.`;
}

/** "3 h of 10 h left". */
export function leftText({ leftMinutes, hours }: BudgetView): string {
  const left = leftMinutes === 0 ? 'nothing' : lengthOf(leftMinutes);
  return `${left} of ${hours} h left`;
}
