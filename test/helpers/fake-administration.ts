/** Answers of the administrators' services, for rendering pages without a database. */
import type { AdministrationServices } from '../../src/services/administration.ts';
import { samples } from './sample-administration.ts';

export function administering(): AdministrationServices {
  return {
    whoHadIt: async () => [samples.spell],
  };
}
