import { createHash } from 'node:crypto';

/** A person's public SSH key, without its comment. */
export interface PublicKey {
  /** `ssh-ed25519 AAAA...` */
  readonly text: string;
  readonly comment: string;
  /** As `ssh-keygen -l` prints it: `SHA256:...` */
  readonly fingerprint: string;
}

const fewestRsaBits = 2048;

/**
 * How the blob of each accepted type goes on after its name (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, OpenSSH PROTOCOL.u2f);
 * returns a sentence when something is wrong with it.
 */
const kinds: Readonly<Record<string, (fields: readonly Buffer[]) => string | null>> = {
  'ssh-ed25519': ([key, ...rest]) => (key?.length === 32 && rest.length === 0 ? null : damaged),
  'sk-ssh-ed25519@openssh.com': ([key, app, ...rest]) =>
    key?.length === 32 && app !== undefined && rest.length === 0 ? null : damaged,
  'ecdsa-sha2-nistp256': (fields) => checkPoint(fields, 'nistp256', 32),
  'ecdsa-sha2-nistp384': (fields) => checkPoint(fields, 'nistp384', 48),
  'ecdsa-sha2-nistp521': (fields) => checkPoint(fields, 'nistp521', 66),
  'sk-ecdsa-sha2-nistp256@openssh.com': (fields) => checkPoint(fields.slice(0, 2), 'nistp256', 32),
  'ssh-rsa': ([exponent, modulus, ...rest]) => {
    if (!exponent || !modulus || rest.length > 0) return damaged;
    return bits(modulus) >= fewestRsaBits
      ? null
      : `An RSA key needs at least ${fewestRsaBits} bits; ed25519 is better.`;
  },
};

const damaged = 'The key is damaged: copy the whole line again.';

/** Reads one line of an authorized_keys file (without options). Returns a sentence when it cannot be accepted. */
export function parsePublicKey(line: string): PublicKey | string {
  if (/PRIVATE KEY/.test(line))
    return 'This is a private key: keep it to yourself and paste the file that ends in .pub.';
  const [type = '', base64 = '', ...words] = line.trim().split(/[ \t]+/);
  if (/[\r\n]/.test(line.trim())) return 'One key at a time, in one line.';
  const check = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!check) return `Expected a line that begins with ssh-ed25519, ecdsa-sha2-... or ssh-rsa.`;
  const blob = Buffer.from(base64, 'base64');
  const fields =
    blob.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') ? split(blob) : null;
  if (!fields || fields[0]?.toString() !== type) return damaged;
  const problem = check(fields.slice(1));
  if (problem !== null) return problem;
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { text: `${type} ${base64}`, comment: words.join(' '), fingerprint: `SHA256:${digest}` };
}

function checkPoint([curve, point, ...rest]: readonly Buffer[], name: string, size: number): string | null {
  const whole = point?.length === 1 + 2 * size && point[0] === 4;
  return curve?.toString() === name && whole && rest.length === 0 ? null : damaged;
}

function bits(modulus: Buffer): number {
  const significant = modulus.subarray(modulus.findIndex((byte) => byte !== 0));
  return modulus.every((byte) => byte === 0)
    ? 0
    : (significant.length - 1) * 8 + (32 - Math.clz32(significant[0] ?? 0));
}

/** The fields of a blob, each with its length before it; null when they do not add up. */
function split(blob: Buffer): Buffer[] | null {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}
