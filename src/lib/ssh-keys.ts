/**
 * The keys of one load: made by us, so that nobody has to trust what a machine says first.
 *
 * Written out here (OpenSSH PROTOCOL.key) because ssh2's own generator loses leading zero bytes: 24 of 3,000 of its
 * ed25519 keys cannot be read back.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { LoadSecrets } from '../domain/contracts/facts.ts';

export interface KeyPair {
  /** OpenSSH private key, PEM, without a passphrase. */
  readonly private: string;
  /** `ssh-ed25519 AAAA... comment`. */
  readonly public: string;
}

/** New secrets for one load: a management key, one ed25519 host key and a random root password (24 characters). */
export function newLoadSecrets(): LoadSecrets {
  const management = newKeyPair('labrador-management');
  return {
    managementKey: management.private,
    managementPublicKey: management.public,
    rootPassword: randomBytes(18).toString('base64url'),
    hostKeys: [{ type: 'ed25519', ...newKeyPair('labrador-host') }],
  };
}

/** A new ed25519 key pair. */
export function newKeyPair(comment: string): KeyPair {
  // Encoded while they are made: exporting a KeyObject afterwards can wait for ever for a lock that a garbage collection in
  // the same call needs too (node::crypto::~KeyGenJob under ExportJWK, seen with Node 20.20).
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  // Both end with the 32 bytes of the key itself (RFC 8410).
  const [secret, point] = [privateKey.subarray(-32), publicKey.subarray(-32)];
  const publicBlob = Buffer.concat([field('ssh-ed25519'), field(point)]);
  return {
    private: pem(privateBlob(publicBlob, secret, point, comment)),
    public: `ssh-ed25519 ${publicBlob.toString('base64')} ${comment}`,
  };
}

function privateBlob(publicBlob: Buffer, secret: Buffer, point: Buffer, comment: string): Buffer {
  const check = randomBytes(4);
  const keys = Buffer.concat([
    check,
    check,
    publicBlob,
    field(Buffer.concat([secret, point])),
    field(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (keys.length % 8)) % 8 }, (_, index) => index + 1));
  return Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(publicBlob),
    field(Buffer.concat([keys, padding])),
  ]);
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function pem(blob: Buffer): string {
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}
