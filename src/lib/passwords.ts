import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { createQueue } from './queue.ts';

/** New passwords cost this: 32 MB and about a tenth of a second. Older ones keep what stands in their hash. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const keyBytes = 32;
/** The most that a stored hash may cost, in bytes of memory. */
const mostMemory = 128 * 1024 * 1024;

/** At most two at a time, so that sixty people signing in do not take memory and cores from everything else. */
const inTurn = createQueue(2);

/** `scrypt$N$r$p$salt$key`, salt and key in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** For passwords that were drawn: nobody guesses 79 bits, whatever a guess costs, and a thousand people are added in a second. */
const drawnCost = { N: 2 ** 9, r: 8, p: 1 };

/** The same for a password of `randomPassword` that its person changes at once. */
export async function hashDrawnPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, drawnCost);
  return [
    'scrypt',
    drawnCost.N,
    drawnCost.r,
    drawnCost.p,
    salt.toString('base64'),
    key.toString('base64'),
  ].join('$');
}

const nobody = ['scrypt', cost.N, cost.r, cost.p, Buffer.alloc(16).toString('base64'), ''].join('$');

/** Compares in constant time. Without a hash (there is no such account) it takes as long and is false. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [name, n, r, p, salt = '', key = ''] = (hash ?? nobody).split('$');
  if (name !== 'scrypt') throw new Error('a stored password hash is not one of scrypt');
  // as long as any other, so that time does not tell who is new
  if (Number(n) === drawnCost.N) await derive(password, Buffer.alloc(16), cost);
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), {
    N: Number(n),
    r: Number(r),
    p: Number(p),
  });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(
          password.normalize('NFKC'),
          salt,
          keyBytes,
          { ...options, maxmem: mostMemory },
          (error, key) => (error ? reject(error) : resolve(key)),
        );
      }),
  );
}
