import { LabError } from '../../domain/errors.ts';
import { count, type Tally } from './tally.ts';

/** Its answer, or the code of its refusal, which is counted. */
export async function unlessRefused<T>(tally: Tally, ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    count(tally, error.code);
    return error.code;
  }
}
