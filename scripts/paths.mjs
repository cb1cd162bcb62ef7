import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's root folder, without a slash at its end. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
