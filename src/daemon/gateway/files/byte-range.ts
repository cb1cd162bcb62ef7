/** Parts of a file: what a browser that goes on with a broken download asks for (RFC 9110, sections 8.8 and 14). */
import type { IncomingHttpHeaders } from 'node:http';

/** What a file was when it was looked at. Seconds of the clock of the machine that it lies on. */
export interface FileFacts {
  readonly size: number;
  readonly mtime: number;
}

/** Both ends belong to it. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * SFTP tells whole seconds, so a file that was just written may change once more within the same one; and by the machine's
 * clock, which may be some seconds off ours.
 */
const settledSeconds = 60;

/** A strong validator once the file is settled, a weak one (good for no range) before. */
export function entityTag({ size, mtime }: FileFacts, nowSeconds: number): string {
  const tag = `"${size.toString(36)}-${mtime.toString(36)}"`;
  return nowSeconds - mtime >= settledSeconds ? tag : `W/${tag}`;
}

/**
 * The part that is asked for. Null for the whole file: nothing, several parts or nonsense was asked for, or the file is
 * another than the one that the first part came from.
 */
export function rangeOf(
  headers: IncomingHttpHeaders,
  { size }: FileFacts,
  tag: string,
): ByteRange | 'unsatisfiable' | null {
  const condition = headers['if-range'];
  if (condition !== undefined && (condition !== tag || tag.startsWith('W/'))) return null;
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return null;
  if (from === '') return part(Math.max(0, size - Number(to)), size - 1, Number(to) > 0 && size > 0);
  if (to !== '' && Number(to) < Number(from)) return null;
  return part(Number(from), to === '' ? size - 1 : Math.min(size - 1, Number(to)), Number(from) < size);
}

function part(first: number, last: number, isThere: boolean): ByteRange | 'unsatisfiable' {
  return isThere ? { first, last } : 'unsatisfiable';
}
