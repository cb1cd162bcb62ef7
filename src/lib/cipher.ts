import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';

/** Encrypts what is kept in the database: AES-256-GCM under the master key, a fresh nonce each time. */
export interface Cipher {
  seal(plain: string): string;
  /** Throws when the text was not sealed with this key. */
  open(sealed: string): string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A cipher over a 32-byte key. */
export function createCipher(bytes: Buffer): Cipher {
  const key = createSecretKey(bytes);
  return {
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open(sealed) {
      const text = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv(algorithm, key, text.subarray(0, nonceBytes));
      decipher.setAuthTag(text.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([
        decipher.update(text.subarray(nonceBytes + tagBytes)),
        decipher.final(),
      ]).toString('utf8');
    },
  };
}
