import { type Command, Option } from 'commander';
import { limitText, limitWords } from '../../domain/limit-words.ts';
import type { LimitSource } from '../../domain/limits.ts';
import { roles } from '../../domain/may.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { readTable } from '../read-table.ts';
import { say } from '../say.ts';
import { show } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Person {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly state: string;
  readonly role: string;
  readonly groups: readonly string[];
  readonly reservations: number;
}

interface PersonDetail extends Person {
  readonly limits: readonly LimitSource[];
  readonly bookings: readonly {
    readonly id: number;
    readonly title: string;
    readonly state: string;
    readonly start: string;
    readonly end: string;
  }[];
  readonly events: readonly { readonly at: string; readonly text: string }[];
}

interface Imported {
  readonly rows: readonly {
    readonly name: string;
    readonly problems: readonly string[];
    readonly notes: readonly string[];
    readonly password: string | null;
  }[];
}

/** What an administrator does from any computer, over REST: under the same `labrador user` as the local ones. */
export function addPeopleCommands(user: Command): void {
  const add = (name: string, what: string) =>
    user.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list the people')
    .option('--search <text>', 'with this in their login, name or address')
    .option('--group <name>', 'of one group')
    .addOption(new Option('--role <role>', 'who are this').choices(roles))
    .addOption(new Option('--state <state>', 'in this state').choices(['active', 'disabled', 'removed']))
    .action(async ({ json, ...filter }: Shown & Record<string, string>) => {
      const found = await listAll<Person>('/people', filter);
      show(found, json, (all) => all.map(lineOf).join('\n') || 'There is nobody like that.');
    });
  add('show <name>', 'say who somebody is, what they may have and what they have').action(
    async (name: string, { json }: Shown) => {
      show(await callApi<PersonDetail>('GET', `/people/${await idOf(name)}`), json, describe);
    },
  );
  add('edit <name>', 'change who somebody is')
    .option('--display-name <words>', 'what they are called')
    .option('--email <address>', 'where notices are mailed; "" for nowhere')
    .option('--groups <names...>', 'these groups and no others; "" for none')
    .action(async (name: string, { json, ...changes }: Shown & { groups?: string[] }) => {
      const groups = changes.groups?.filter((group) => group !== '');
      const body = { ...changes, ...(groups ? { groups } : {}) };
      show(await callApi<PersonDetail>('PATCH', `/people/${await idOf(name)}`, body), json, lineOf);
    });
  add('import <file>', 'add the people of a CSV table, "-" for the input; first passwords are printed once')
    .option('--groups <names...>', 'for rows that name none')
    .option('--dry-run', 'only say what is wrong with each')
    .action(async (file: string, { json, ...options }: Shown & { dryRun?: true }) => {
      const body = { csv: await readTable(file), ...options };
      const came = await callApi<Imported>('POST', '/people/table', body);
      show(came, json, ({ rows }) => rows.map(importedLine).join('\n'));
    });
  add('reset <name>', 'draw a new first password; it is the last line')
    .option('--revoke-tokens', 'their API tokens too')
    .action(async (name: string, { json, ...options }: Shown) => {
      const path = `/people/${await idOf(name)}/password`;
      show(await callApi<{ password: string }>('POST', path, options), json, ({ password }) => password);
    });
  add('disable <name>', 'let somebody in no more, at once')
    .option('--end', 'their reservations end too; else they are left')
    .option('--reason <words>', 'told to them with what ends')
    .action(async (name: string, { json, end, reason }: Shown & { end?: true; reason?: string }) => {
      const body = { reservations: end ? 'end' : 'leave', ...(reason ? { reason } : {}) };
      const done = await callApi<{ ended: number }>('POST', `/people/${await idOf(name)}/disable`, body);
      show(
        done,
        json,
        ({ ended }) => `${name} is disabled${ended > 0 ? `; reservations ended: ${ended}` : ''}.`,
      );
    });
  user
    .command('enable <name>')
    .description('let somebody in again, or bring back who was removed')
    .action(async (name: string) => {
      await callApi('POST', `/people/${await idOf(name)}/enable`);
      say(`${name} may sign in again.`);
    });
  user
    .command('remove <name>')
    .description('remove somebody without reservations; the history stays')
    .action(async (name: string) => {
      await callApi('DELETE', `/people/${await idOf(name)}`);
      say(`${name} was removed.`);
    });
}

/** Of those who were removed too. */
async function idOf(name: string): Promise<number> {
  for (const state of [{}, { state: 'removed' }] as readonly Record<string, string>[]) {
    const found = (await listAll<Person>('/people', { search: name.slice(0, 100), ...state })).find(
      (one) => one.name === name,
    );
    if (found) return found.id;
  }
  throw new CommandError(`There is nobody with the login ${JSON.stringify(name)}.`);
}

function lineOf({ name, state, role, groups, displayName, reservations }: Person): string {
  const has = reservations > 0 ? `  reservations: ${reservations}` : '';
  return `${name.padEnd(16)}  ${state.padEnd(8)}  ${role.padEnd(13)}  ${groups.join(', ') || '-'}  ${displayName}${has}`;
}

function describe({ limits, bookings, events, ...person }: PersonDetail): string {
  return [
    lineOf(person),
    ...(person.email === null ? [] : [`Mail to ${person.email}`]),
    ...limits.map(({ limit, value, from }) => {
      const label = limitWords.find((one) => one.limit === limit)?.label ?? limit;
      return `  ${label}: ${limitText(limit, value)}${from.length > 0 ? ` (${from.join(', ')})` : ''}`;
    }),
    ...bookings.map(
      ({ id, title, state, start, end }) => `  reservation ${id}  ${state}  ${title}  ${start} to ${end}`,
    ),
    ...events.map(({ at, text: what }) => `  ${at}  ${what}`),
  ].join('\n');
}

function importedLine({ name, problems, notes, password }: Imported['rows'][number]): string {
  const says = problems.length > 0 ? problems : [password === null ? 'fine' : `added, ${password}`, ...notes];
  return `${name}: ${says.join(' ')}`;
}
