import { provisioning } from '../../modules/provisioning/registry.ts';
import { states } from '../../modules/state/registry.ts';
import type { OsModule } from '../domain/contracts/os.ts';

/** Everything replaceable, as the registries list it. */
export const modules = { provisioning, states, os: {} as Readonly<Record<string, OsModule>> };
