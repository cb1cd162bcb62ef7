import type { Database } from '../../db/connect.ts';
import type { ModuleLog } from '../domain/contracts/module-context.ts';
import type { PredictiveDescriptor } from '../domain/contracts/predictive.ts';
import type { ModuleDescriptor } from '../domain/contracts/provisioning.ts';
import type { TimeSettings } from '../domain/contracts/time-settings.ts';
import type { Cipher } from '../lib/cipher.ts';

/** What the services are made from; `cli` alone puts it together. */
export interface ServiceDeps {
  readonly db: Database;
  /** Encrypts stored secrets with the master key. */
  readonly cipher: Cipher;
  /** Provisioning modules as web and services may see them, by id. */
  readonly descriptors: Readonly<Record<string, ModuleDescriptor>>;
  /** Predictive modules as web and services may see them, by id. */
  readonly predictive: Readonly<Record<string, PredictiveDescriptor>>;
  readonly times: TimeSettings;
  readonly log: ModuleLog;
  readonly version: string;
  /** Others than this computer can reach the site: first passwords must be changed before anything else is done. */
  readonly beyondLoopback?: boolean;
  /** Removes the file that keeps an account's first password. */
  readonly forgetFirstPassword?: (name: string) => Promise<void>;
}
