import { scryptSync } from 'node:crypto';
import type { Database } from '../../db/connect.ts';
import { addGroup, addUser, groupId } from '../../db/repositories/accounts.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type Limits, noLimits } from '../../src/domain/limits.ts';
import type { Role } from '../../src/domain/may.ts';

export interface TestPerson {
  readonly name: string;
  readonly role?: Role;
  readonly limits?: Partial<Limits>;
  readonly passwordHash?: string | null;
  readonly mustChangePassword?: boolean;
}

/** Adds an account, in a group of its own with these limits (none unless told). Returns its id. */
export function addPerson(db: Database, person: TestPerson): Promise<number> {
  const { name, role = 'user', limits = {}, passwordHash = null, mustChangePassword = false } = person;
  return inTransaction(db, async (tx) => {
    const group =
      (await groupId(tx, `of ${name}`)) ??
      (await addGroup(tx, `of ${name}`, role, { ...noLimits, ...limits }));
    return addUser(tx, {
      name,
      displayName: name,
      passwordHash,
      mustChangePassword: mustChangePassword ? 'beyondLoopback' : 'never',
      groupIds: [group],
    });
  });
}

/** A stored password that takes a millisecond to check instead of a hundred. */
export function quickHash(password: string): string {
  const salt = Buffer.from('salt');
  const key = scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 });
  return ['scrypt', 1024, 8, 1, salt.toString('base64'), key.toString('base64')].join('$');
}
