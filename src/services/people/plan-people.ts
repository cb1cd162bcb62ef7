import { allLogins } from '../../../db/repositories/people.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { invalid } from '../../domain/errors.ts';
import { skeleton } from '../../domain/image-names.ts';
import { readCsv } from '../../lib/read-csv.ts';
import type { ServiceDeps } from '../deps.ts';
import type { NewPeopleRequest } from '../people.ts';
import type { NewPersonView } from '../people-views.ts';
import type { SignedIn } from '../views.ts';
import { refuseOthers } from './guard.ts';
import { groupNames } from './list.ts';
import { personFaults } from './rules.ts';

const mostRows = 5_000;
/** As people head their columns. */
const columns: Readonly<Record<string, keyof Typed>> = {
  ...{ name: 'name', login: 'name', username: 'name', user: 'name' },
  ...{ displayname: 'displayName', fullname: 'displayName', realname: 'displayName' },
  ...{ email: 'email', mail: 'email', emailaddress: 'email' },
  ...{ groups: 'groups', group: 'groups' },
};

interface Typed {
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly groups: string;
}

/** Every person that would be added, and what is wrong with each. Throws LabError for what is wrong with all of them. */
export async function planPeople(
  deps: ServiceDeps,
  me: SignedIn,
  { csv, groups }: NewPeopleRequest,
): Promise<NewPersonView[]> {
  refuseOthers(me);
  const typed = rowsOf(csv);
  return reading(deps.db, async (reader) => {
    const known = new Set([...(await groupNames(reader)).values()].map(({ name }) => name));
    const wrong = groups.find((name) => !known.has(name));
    if (wrong !== undefined) throw invalid('groups', `There is no group "${wrong.slice(0, 60)}".`);
    const logins = await takenLogins(reader);
    const seen = new Map<string, number>();
    return typed.map((row) => judge(row, groups, known, logins, seen));
  });
}

type Row = Typed & { readonly line: number; readonly tooMany: boolean };

function rowsOf(csv: string): Row[] {
  const {
    rows: [head, ...rows],
    unclosed,
  } = readCsv(csv);
  if (unclosed !== null)
    throw invalid('csv', `A quotation mark is opened in line ${unclosed} and never closed.`);
  const heads = head?.cells.map((cell) => cell.toLowerCase().replace(/[^a-z]/g, '')) ?? [];
  // beside a login, the name is what people call them
  const hasLogin = heads.some((word) => word !== 'name' && columns[word] === 'name');
  const names = heads.map((word) => (word === 'name' && hasLogin ? 'displayName' : columns[word]));
  if (!names.includes('name'))
    throw invalid(
      'csv',
      'The first line must name the columns: name, and if wanted displayName, email, groups.',
    );
  const twice = names.find((name, at) => name !== undefined && names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid('csv', `Two columns are the ${twice}.`);
  if (rows.length === 0) throw invalid('csv', 'There is nobody below the first line.');
  if (rows.length > mostRows)
    throw invalid('csv', `These are ${rows.length} rows: at most ${mostRows} at once.`);
  const empty = { name: '', displayName: '', email: '', groups: '' };
  return rows.map(({ line, cells }) => {
    const given = names.flatMap((name, at) => (name === undefined ? [] : [[name, cells[at] ?? '']]));
    const tooMany = cells.slice(names.length).some((cell) => cell !== '');
    return { ...empty, ...(Object.fromEntries(given) as Partial<Typed>), line, tooMany };
  });
}

/** Logins as they are, and by what people would mistake for them. */
export interface TakenLogins {
  readonly removed: ReadonlyMap<string, boolean>;
  readonly alike: Map<string, string>;
}

export async function takenLogins(reader: Pick<Reader, 'rows'>): Promise<TakenLogins> {
  const rows = await allLogins(reader);
  return {
    removed: new Map(rows.map(({ name, removed_at }) => [name, removed_at !== null])),
    alike: new Map(rows.map(({ name }) => [skeleton(name), name])),
  };
}

export function whyTaken({ removed }: TakenLogins, name: string): string | null {
  const gone = removed.get(name);
  if (gone === undefined) return null;
  return gone
    ? 'The login belonged to somebody who was removed: bring them back on their page, or take another one.'
    : 'The login is taken.';
}

/** Another login that people would mistake for this one; null when there is none. */
export function lookAlike({ alike }: TakenLogins, name: string): string | null {
  const other = alike.get(skeleton(name));
  return other === undefined || other === name ? null : other;
}

function judge(
  row: Row,
  usual: readonly string[],
  known: ReadonlySet<string>,
  logins: TakenLogins,
  seen: Map<string, number>,
): NewPersonView {
  const { line, email } = row;
  const name = row.name.toLowerCase();
  const displayName = row.displayName || name;
  const named = row.groups.split(/[|,;]/).map((one) => one.trim());
  const groups = row.groups === '' ? [...usual] : [...new Set(named.filter((one) => one !== ''))];
  const { displayName: _, ...faults } = personFaults({ name, email });
  const problems = Object.values(
    row.displayName === '' ? faults : personFaults({ name, displayName, email }),
  );
  if (row.tooMany)
    problems.push('The row has more cells than the first line; put what has a comma in quotation marks.');
  const taken = whyTaken(logins, name);
  if (taken !== null) problems.push(taken);
  const before = seen.get(name);
  if (name !== '' && before !== undefined) problems.push(`The login stands in line ${before} too.`);
  else seen.set(name, line);
  const unknown = groups.filter((group) => !known.has(group));
  if (unknown.length > 0)
    problems.push(`There is no group ${unknown.map((one) => JSON.stringify(one.slice(0, 60))).join(', ')}.`);
  const other = problems.length === 0 ? lookAlike(logins, name) : null;
  if (problems.length === 0) logins.alike.set(skeleton(name), name);
  const notes = [
    ...(other === null ? [] : [`It looks like ${other}.`]),
    ...(groups.length === 0 ? ['In no group: may reserve nothing.'] : []),
  ];
  return { line, name, displayName, email: email === '' ? null : email, groups, problems, notes };
}
