import { isIPv6 } from 'node:net';
import type { Database } from '../../../db/connect.ts';
import { attemptsRefused } from '../../../db/queries/people.ts';
import { addFailure, forgetFailures } from '../../../db/repositories/accounts.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { createQueue } from '../../lib/queue.ts';
import { sha256 } from '../../lib/secrets.ts';

/** So many wrong passwords cost nothing: people mistype. */
const free = 4;
const longestWait = 15 * 60_000;
export const rememberFailures = 60 * 60_000;

/** Milliseconds the next attempt must wait after so many failures: 0, then 1 s, doubled each time, at most 15 min. */
export function waitAfter(failures: number): number {
  return failures <= free ? 0 : Math.min(longestWait, 1000 * 2 ** Math.min(failures - free - 1, 20));
}

const turns = new Map<string, { inTurn: ReturnType<typeof createQueue>; users: number }>();

/**
 * Runs one attempt on an account from a network: `attempt` says whether the password was right. Attempts on the same
 * account from the same network go one after the other, so that guessing in parallel wins nothing; everybody else is
 * neither slowed nor locked out. Throws sign-in.slow-down while the wait lasts.
 */
export async function limitAttempts(
  db: Database,
  name: string,
  network: string,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  const bucket = `${sha256(name).slice(0, 40)} ${networkOf(network)}`;
  const turn = turns.get(bucket) ?? { inTurn: createQueue(1), users: 0 };
  turns.set(bucket, turn);
  turn.users++;
  try {
    return await turn.inTurn(() => attemptInTurn(db, bucket, attempt));
  } finally {
    if (--turn.users === 0) turns.delete(bucket);
  }
}

async function attemptInTurn(
  db: Database,
  bucket: string,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  const { now, until } = await attemptsRefused(db, bucket);
  if (until > now) {
    const seconds = Math.ceil((until - now) / 1000);
    throw new LabError('sign-in.slow-down', {
      facts: { seconds },
      detail: `Too many attempts from here. Please try again in ${seconds} s.`,
    });
  }
  const right = await attempt();
  if (!right) {
    await inTransaction(db, (tx) => addFailure(tx, bucket, tx.now - rememberFailures, waitAfter));
  } else if (until > 0) await inTransaction(db, (tx) => forgetFailures(tx, bucket));
  return right;
}

/** What counts as one network: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain.slice(0, 64);
  const [head = '', tail = ''] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
