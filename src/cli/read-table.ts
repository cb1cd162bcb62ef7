import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** A file named on the command line; "-" is the input. */
export async function readTable(file: string): Promise<string> {
  return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
}
