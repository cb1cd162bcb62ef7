import type { AimReason } from './contracts/predictive.ts';
import { counted } from './counted.ts';

/** Why a machine is to hold an image, as a clause after "because" or a colon. `when` says a moment: "14:00". */
export function aimWords(because: AimReason, when: (at: number) => string): string {
  switch (because.why) {
    case 'booked':
      return `it is booked with that for ${when(because.at)}`;
    case 'spare':
      return `${because.spares === 1 ? 'one is' : `${because.spares} are`} to be ready always`;
    case 'demand':
      return `about ${because.expected.toLocaleString('en')} of it are taken within an hour like this one`;
    case 'popular':
      return `it was taken most lately, ${counted(because.taken, 'time')} in ${counted(because.days, 'day')}`;
    case 'empty':
      return 'machines of its pool are emptied after use';
  }
}
