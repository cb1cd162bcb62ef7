/**
 * Style, scripts and pictures under `/assets/<hash>/...`: the hash is of all of them together, so that modules may
 * import each other by relative names and everything may be kept for ever.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'assets');
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Files of packages that the browser needs, by the name they are served under. */
const vendor = {
  'vendor/xterm.mjs': '@xterm/xterm/lib/xterm.mjs',
  'vendor/addon-fit.mjs': '@xterm/addon-fit/lib/addon-fit.mjs',
  'vendor/addon-webgl.mjs': '@xterm/addon-webgl/lib/addon-webgl.mjs',
  'vendor/xterm.css': '@xterm/xterm/css/xterm.css',
} as const;

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}
export type Encoding = 'br' | 'gzip';

export interface Assets {
  /** `/assets/<hash>`: what pages put before a file's name. */
  readonly root: string;
  /** Names of the drawings in icons.svg: a name from elsewhere that is not among them gets the plain one. */
  readonly icons: ReadonlySet<string>;
  find(name: string): Asset | undefined;
  /** Compressed once, when first asked for. */
  packed(name: string, encoding: Encoding): Promise<Buffer>;
}

/** Reads every asset into memory. */
export function loadAssets(): Assets {
  const files = new Map([...ownFiles(), ...vendorFiles()]);
  const hash = createHash('sha256');
  for (const [name, { body }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(name).update(body);
  const kept = new Map<string, Promise<Buffer>>();
  return {
    root: `/assets/${hash.digest('base64url').slice(0, 12)}`,
    icons: symbolsIn(files.get('icons.svg')?.body.toString() ?? ''),
    find: (name) => files.get(name),
    packed(name, encoding) {
      const key = `${encoding} ${name}`;
      const found = kept.get(key) ?? pack(files.get(name)?.body ?? Buffer.alloc(0), encoding);
      kept.set(key, found);
      return found;
    },
  };
}

function ownFiles(): [string, Asset][] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => types[extname(name)],
  );
  return names.map((name) => [name.replaceAll('\\', '/'), read(join(folder, name))]);
}

function vendorFiles(): [string, Asset][] {
  const { resolve } = createRequire(import.meta.url);
  return Object.entries(vendor).map(([name, file]) => [name, read(resolve(file))]);
}

function read(file: string): Asset {
  return { type: types[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) };
}

function symbolsIn(sprite: string): Set<string> {
  return new Set([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1] ?? ''));
}

function pack(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(body, { level: 9 });
  return promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}
