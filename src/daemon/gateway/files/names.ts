/** Which names and paths a page may send. */
import { Problem } from '../problem.ts';

const longestName = 255;
const longestPath = 4_096;

/** A plain file name; throws Problem. */
export function checkName(name: string | null): string {
  const isPlain = name !== null && !['', '.', '..'].includes(name) && !/[/\0]/.test(name);
  if (!isPlain) throw new Problem(422, 'name: must be a plain file name, without folders.');
  if (Buffer.byteLength(name) > longestName) throw new Problem(422, 'name: is longer than 255 bytes.');
  return name;
}

/** A path below the home folder; throws Problem. Links in it lead where the person may go. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  const isBelow = !path.startsWith('/') && !parts.includes('..') && !path.includes('\0') && path !== '';
  if (!isBelow) throw new Problem(422, 'path: must lead to a file below the home folder.');
  if (Buffer.byteLength(path) > longestPath) throw new Problem(422, 'path: is longer than 4,096 bytes.');
  return path;
}

/** The same for a folder: nothing and `.` are the home folder itself. */
export function checkFolder(path: string | null): string {
  return path === null || path === '' ? '.' : checkPath(path);
}

/** Makes a browser save what it gets under this name (RFC 6266), whatever it is. */
export function downloadHeaders(name: string): Record<string, string> {
  const plain = name.replace(/[^\w.-]/g, '_');
  return {
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeName(name)}`,
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
    'cache-control': 'no-store',
  };
}

/** RFC 8187, and no unpaired surrogates. */
function encodeName(name: string): string {
  return encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
}
