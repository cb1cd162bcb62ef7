import { countServers } from '../../../db/queries/servers.ts';
import { groupId } from '../../../db/repositories/accounts.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { horizonDays } from '../../domain/limits.ts';
import { day, floorQuarter } from '../../domain/time.ts';
import { guardPeople } from '../people/guard.ts';
import type { SignedIn } from '../views.ts';

const mostName = 60;

/** As it was typed, without spaces around it. Throws `input.invalid`. */
export function serverName(typed: string): string {
  const name = typed.trim();
  if (name === '') throw invalid('name', 'The name is missing.');
  if (name.length > mostName) throw invalid('name', `At most ${mostName} characters.`);
  if (/[\p{Cf}\p{Co}\p{Cs}\p{Cc}]/u.test(name)) throw invalid('name', 'Without invisible characters.');
  return name;
}

/** Until when a server without an end is held now: a day less than anything can be booked, so that there is room to carry it on. */
export function openEnd(now: number): number {
  return floorQuarter(now + (horizonDays - 1) * day);
}

/** How many more servers one may have; null: any number. */
export async function serversLeft(reader: Reader, me: SignedIn): Promise<number | null> {
  const most = me.role === 'administrator' ? null : me.limits.servers;
  return most === null ? null : Math.max(0, most - (await countServers(reader, me.id)));
}

/** Throws for one who may have none, or no more; their counter was bumped before in this transaction. */
export async function refuseMore(tx: Tx, me: SignedIn): Promise<void> {
  if ((await serversLeft(tx, me)) !== 0) return;
  if (me.limits.servers === 0)
    throw new LabError('not-allowed', {
      detail: 'None of your groups may have servers. Ask whoever looks after this site.',
    });
  throw new LabError('reservation.limit-overlap', {
    detail: `You may have ${me.limits.servers} servers: end one of them first.`,
  });
}

interface Allowed {
  readonly id: number;
  readonly name: string;
}

/** Groups whose people one may let in: those that one is in or teaches, and for administrators all. */
export function groupsFor(reader: Reader, me: SignedIn): Promise<Allowed[]> {
  if (me.role === 'administrator') return reader.rows('SELECT id, name FROM user_groups ORDER BY name');
  const ids = [...new Set([...(me.groupIds ?? []), ...(me.courseIds ?? [])])];
  if (ids.length === 0) return Promise.resolve([]);
  return reader.rows(
    `SELECT id, name FROM user_groups WHERE id IN (${ids.map(() => '?').join(', ')}) ORDER BY name`,
    ids,
  );
}

/** The id of a group that was named, which is not deleted meanwhile; what it is already stays, whoever asks. Null: none. */
export async function groupNamed(
  tx: Tx,
  me: SignedIn,
  field: 'loginGroup' | 'adminGroup',
  name: string | null,
  before: number | null = null,
): Promise<number | null> {
  if (name === null || name === '') return null;
  await guardPeople(tx);
  const id = await groupId(tx, name);
  const may = id !== null && (id === before || (await groupsFor(tx, me)).some((group) => group.id === id));
  if (!may) throw invalid(field, `There is no group "${name.slice(0, mostName)}" that you are in.`);
  return id;
}
