import { readFileSync } from 'node:fs';

/** A text that is part of the program, read when the module that needs it is loaded: `ownText(new URL('x.sh', import.meta.url))`. */
export function ownText(url: URL): string {
  return readFileSync(url, 'utf8');
}
