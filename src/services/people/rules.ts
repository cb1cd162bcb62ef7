import { groupId } from '../../../db/repositories/accounts.ts';
import type { Tx } from '../../../db/transaction.ts';
import { type FieldErrors, invalid, LabError } from '../../domain/errors.ts';
import { titleFault } from '../../domain/image-names.ts';
import { isUserName } from '../accounts/password-rules.ts';
import { mailAddress } from '../accounts/preferences.ts';

export const loginWanted =
  'A login has a letter, then letters, digits, dots, hyphens or underscores; lower case, at most 60.';

/** What is wrong with each of them, by field; empty when nothing is. */
export function personFaults(typed: {
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
}): FieldErrors {
  const fields: Record<string, string> = {};
  if (typed.name !== undefined && !isUserName(typed.name))
    fields.name = typed.name === '' ? 'The login is missing.' : loginWanted;
  const fault = typed.displayName === undefined ? null : displayNameFault(typed.displayName);
  if (fault !== null) fields.displayName = fault;
  try {
    mailAddress(typed.email ?? '');
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    Object.assign(fields, error.fields);
  }
  return fields;
}

function displayNameFault(name: string): string | null {
  if (/[\p{Cf}\p{Co}\p{Cs}]/u.test(name)) return 'Without invisible characters.';
  return titleFault(name);
}

export function refuseFaults(fields: FieldErrors): void {
  if (Object.keys(fields).length === 0) return;
  const detail = Object.entries(fields).map(([field, sentence]) => `${field}: ${sentence}`);
  throw new LabError('input.invalid', { fields, detail: detail.join(' ') });
}

/** Ids of groups by name. Throws input.invalid for one that there is none of. */
export async function groupIds(tx: Tx, names: readonly string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const name of new Set(names)) {
    const id = await groupId(tx, name);
    if (id === null) throw invalid('groups', `There is no group "${name.slice(0, 60)}".`);
    ids.push(id);
  }
  return ids;
}
