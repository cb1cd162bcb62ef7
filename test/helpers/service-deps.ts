import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { createCipher } from '../../src/lib/cipher.ts';
import { loadConfig } from '../../src/lib/config.ts';
import { createLog } from '../../src/lib/log.ts';
import type { ServiceDeps } from '../../src/services/deps.ts';

/** What services are made from, with every setting at its default and a log that nobody reads. */
export function serviceDeps(db: Database, changes: Partial<ServiceDeps> = {}): ServiceDeps {
  return {
    db,
    cipher: createCipher(randomBytes(32)),
    descriptors: {},
    predictive: {},
    times: loadConfig({}).times,
    log: createLog({}),
    version: '0.0.0-test',
    ...changes,
  };
}
