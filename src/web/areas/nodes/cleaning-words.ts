import type { NodeDetailView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { megabytes } from '../../machine-size.ts';

/** What became of a machine's disks when somebody else was to have it. */
export interface CleaningPage {
  /** A sentence. */
  readonly says: string;
  readonly when: When | null;
  readonly disks: readonly {
    readonly name: string;
    readonly size: string;
    readonly how: string;
    readonly took: string;
    readonly result: string;
    readonly failed: boolean;
  }[];
}

/** Null where a machine's disks are made new with each load. */
export function cleaningPage(
  { hardware, unclean, cleaned }: NodeDetailView,
  clock: Clock,
): CleaningPage | null {
  if (hardware === null) return null;
  return {
    says: unclean
      ? 'Somebody’s bytes may lie on them: they are cleaned before anybody else is given the machine.'
      : 'They are clean: nobody could log in to the machine since.',
    when: cleaned && clock.when(cleaned.at),
    disks: (cleaned?.disks ?? []).map(({ name, model, serial, bytes, method, seconds, result, says }) => ({
      name: [name, model, serial].filter((part) => part !== '').join(', '),
      size: megabytes(Math.round(bytes / 1024 ** 2)),
      how: method,
      took: result === 'left' ? '' : `${seconds} s`,
      result: { clean: 'clean', left: `left alone: ${says}`, failed: says || 'it failed' }[result],
      failed: result === 'failed',
    })),
  };
}
