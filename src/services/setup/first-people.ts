import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addGroup, addUser } from '../../../db/repositories/accounts.ts';
import type { Tx } from '../../../db/transaction.ts';
import { type Limits, noLimits } from '../../domain/limits.ts';
import type { Role } from '../../domain/may.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import type { DataDirectory } from '../../lib/data-directory.ts';
import { hashPassword } from '../../lib/passwords.ts';
import { randomPassword } from '../../lib/secrets.ts';

const studentLimits: Limits = {
  initialMinutes: 240,
  totalMinutes: 360,
  extendMinutes: 60,
  overlap: 1,
  daysAhead: 7,
  upcoming: 5,
  servers: 0,
};

const groups: readonly { name: string; role: Role; limits: Limits }[] = [
  { name: 'administrators', role: 'administrator', limits: noLimits },
  {
    name: 'image-admins',
    role: 'image-admin',
    limits: { ...studentLimits, overlap: 4, initialMinutes: 720, totalMinutes: 1440, daysAhead: 30 },
  },
  { name: 'students', role: 'user', limits: studentLimits },
];

const people = [
  { name: 'admin', displayName: 'Administrator', group: 'administrators' },
  { name: 'imageadmin', displayName: 'Image administrator', group: 'image-admins' },
  { name: 'student', displayName: 'Student', group: 'students' },
] as const;

export interface FirstPassword {
  readonly name: string;
  readonly password: string;
  readonly hash: string;
}

/** Draws the first passwords and keeps each in a file, before any account has it: so that a crash loses none. */
export async function drawFirstPasswords(data: DataDirectory): Promise<FirstPassword[]> {
  await mkdir(data.firstPasswords, { recursive: true, mode: 0o700 });
  return Promise.all(
    people.map(async ({ name }) => {
      const password = randomPassword();
      await writeFileAtomic(join(data.firstPasswords, name), `${password}\n`);
      return { name, password, hash: await hashPassword(password) };
    }),
  );
}

/** Removes the file that keeps an account's first password. */
export async function forgetFirstPassword(data: DataDirectory, name: string): Promise<void> {
  await rm(join(data.firstPasswords, name), { force: true });
}

/** The first groups and accounts. */
export async function addFirstPeople(tx: Tx, passwords: readonly FirstPassword[]): Promise<void> {
  const ids = new Map<string, number>();
  for (const { name, role, limits } of groups) ids.set(name, await addGroup(tx, name, role, limits));
  for (const { name, displayName, group } of people) {
    const passwordHash = passwords.find((password) => password.name === name)?.hash ?? null;
    await addUser(tx, {
      name,
      displayName,
      passwordHash,
      mustChangePassword: 'beyondLoopback',
      groupIds: [ids.get(group) ?? 0],
    });
  }
}
