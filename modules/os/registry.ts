/** Every OS module. Written by hand; a test holds it against the folders beside it. */
import type { OsModule } from '../../src/domain/contracts/os.ts';
import { linux } from './linux/linux.ts';

export const os = { linux } satisfies Record<string, OsModule>;
export type OsId = keyof typeof os;
