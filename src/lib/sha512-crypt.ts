/**
 * Password hashes as they stand in /etc/shadow: SHA-512 crypt, `$6$` (https://www.akkadia.org/drepper/SHA-crypt.txt). Made
 * here so that an emulated machine need not spend its time on it, and no password travels further than it must.
 */
import { createHash, randomInt } from 'node:crypto';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const defaultRounds = 5000;

/** The hash of a password with a fresh salt, or with the salt (up to 16 characters) that is given. */
export function sha512Crypt(password: string, salt = newSalt()): string {
  const key = Buffer.from(password);
  const seasoning = Buffer.from(salt.slice(0, 16));
  const keyed = sha512(key, seasoning, key);
  let digest = sha512(key, seasoning, repeated(keyed, key.length), ...mixedByBits(key, keyed));
  const keyBytes = repeated(sha512(...Array<Buffer>(key.length).fill(key)), key.length);
  const saltTurns = 16 + (digest[0] ?? 0);
  const saltBytes = repeated(sha512(...Array<Buffer>(saltTurns).fill(seasoning)), seasoning.length);
  for (let round = 0; round < defaultRounds; round++) {
    digest = sha512(...roundParts(round, { digest, keyBytes, saltBytes }));
  }
  return `$6$${seasoning.toString()}$${encode(digest)}`;
}

/** True when the hash is this password's. Hashes of other kinds than `$6$` without rounds are nobody's. */
export function isSha512Crypt(password: string, hash: string): boolean {
  const [, kind, salt] = hash.split('$');
  return kind === '6' && salt !== undefined && sha512Crypt(password, salt) === hash;
}

interface Mixed {
  readonly digest: Buffer;
  readonly keyBytes: Buffer;
  readonly saltBytes: Buffer;
}

function roundParts(round: number, { digest, keyBytes, saltBytes }: Mixed): Buffer[] {
  const odd = round % 2 === 1;
  return [
    odd ? keyBytes : digest,
    ...(round % 3 === 0 ? [] : [saltBytes]),
    ...(round % 7 === 0 ? [] : [keyBytes]),
    odd ? digest : keyBytes,
  ];
}

/** For each bit of the key's length, lowest first: the keyed digest for a one, the key for a zero. */
function mixedByBits(key: Buffer, keyed: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let length = key.length; length > 0; length >>= 1) parts.push(length & 1 ? keyed : key);
  return parts;
}

/** The three-byte groups that the specification encodes, in its order. */
function encode(digest: Buffer): string {
  let text = '';
  for (let index = 0, [a, b, c] = [0, 21, 42]; index < 21; index++, [a, b, c] = [b + 1, c + 1, a + 1]) {
    text += encodeGroup(digest[a] ?? 0, digest[b] ?? 0, digest[c] ?? 0, 4);
  }
  return text + encodeGroup(0, 0, digest[63] ?? 0, 2);
}

function encodeGroup(high: number, middle: number, low: number, characters: number): string {
  let value = (high << 16) | (middle << 8) | low;
  let text = '';
  for (let index = 0; index < characters; index++, value >>= 6) text += alphabet[value & 63];
  return text;
}

function repeated(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block);
}

function sha512(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function newSalt(): string {
  return Array.from({ length: 16 }, () => alphabet[randomInt(64)]).join('');
}
