import { type Command, InvalidArgumentError, Option } from 'commander';
import { limitsText } from '../../domain/limit-words.ts';
import type { Limits } from '../../domain/limits.ts';
import { roles } from '../../domain/may.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { say } from '../say.ts';
import { show } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Group {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly limits: Limits;
  readonly members: number;
  readonly images: number;
}

interface GroupDetail extends Group {
  readonly people: readonly { readonly name: string }[];
  readonly sharedImages: readonly { readonly name: string }[];
  readonly servers: readonly { readonly name: string }[];
}

const flags: readonly [keyof Limits, flag: string, what: string][] = [
  ['initialMinutes', '--initial <minutes>', 'longest first booking'],
  ['totalMinutes', '--total <minutes>', 'longest reservation with its extensions'],
  ['extendMinutes', '--extend <minutes>', 'longest single extension'],
  ['overlap', '--overlap <n>', 'reservations at the same time'],
  ['daysAhead', '--days-ahead <n>', 'how far ahead a start may lie'],
  ['upcoming', '--upcoming <n>', 'bookings that have not begun'],
  ['servers', '--servers <n>', 'servers that each may have'],
];

type Wish = Shown & { name?: string; role?: string } & Record<string, unknown>;

/** `labrador group ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addGroupCommands(program: Command): void {
  const group = program.command('group').description('Groups and what they allow, for administrators');
  const add = (name: string, what: string) =>
    group.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list the groups').action(async ({ json }: Shown) => {
    show(await findGroups(), json, (all) => all.map(lineOf).join('\n') || 'There is no group.');
  });
  add('show <name>', 'say what a group allows and who is in it').action(
    async (name: string, { json }: Shown) => {
      show(await callApi<GroupDetail>('GET', `/groups/${await idOf(name)}`), json, describe);
    },
  );
  withLimits(add('add <name>', 'add a group')).action(async (name: string, wish: Wish) => {
    show(await callApi<Group>('POST', '/groups', { ...wished(wish), name }), wish.json, lineOf);
  });
  withLimits(add('edit <name>', 'change a group; what is not named stays'))
    .option('--name <name>', 'what it is called from now on')
    .action(async (name: string, wish: Wish) => {
      const body = { ...wished(wish), ...(wish.name === undefined ? {} : { name: wish.name }) };
      show(await callApi<Group>('PATCH', `/groups/${await idOf(name)}`, body), wish.json, lineOf);
    });
  add('members <name>', 'put people into a group, or take them out')
    .option('--add <logins...>', 'who comes in')
    .option('--remove <logins...>', 'who goes')
    .action(async (name: string, { json, ...body }: Shown) => {
      const came = await callApi<Reports>('POST', `/groups/${await idOf(name)}/members`, body);
      show(came, json, ({ rows }) => rows.map((row) => `${row.name}: ${row.says}`).join('\n'));
    });
  group
    .command('delete <name>')
    .description('delete a group on which nothing hangs')
    .action(async (name: string) => {
      await callApi('DELETE', `/groups/${await idOf(name)}`);
      say(`${name} was deleted.`);
    });
}

interface Reports {
  readonly rows: readonly { readonly name: string; readonly says: string }[];
}

function withLimits(command: Command): Command {
  command.addOption(new Option('--role <role>', 'what its people are').choices(roles));
  for (const [, flag, what] of flags) command.option(flag, `${what}; "none" for no limit`, limitIn);
  return command;
}

function limitIn(text: string): number | 'none' {
  if (text === 'none') return text;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, or "none".');
  return Number(text);
}

function wished(wish: Wish): object {
  const given = flags.flatMap(([limit, flag]) => {
    const name = flag
      .replace(/^--| <.*$/g, '')
      .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return wish[name] === undefined ? [] : [[limit, wish[name] === 'none' ? null : wish[name]]];
  });
  return { ...(wish.role ? { role: wish.role } : {}), limits: Object.fromEntries(given) };
}

async function findGroups(): Promise<readonly Group[]> {
  return listAll<Group>('/groups', {});
}

async function idOf(name: string): Promise<number> {
  const found = (await findGroups()).find((one) => one.name === name);
  if (!found) throw new CommandError(`There is no group ${JSON.stringify(name)}.`);
  return found.id;
}

function lineOf({ name, role, members, images, limits }: Group): string {
  return `${name}  ${role}  people: ${members}  images: ${images}  ${limitsText(limits)}`;
}

function describe({ people, sharedImages, servers, ...group }: GroupDetail): string {
  return [
    lineOf(group),
    ...(people.length > 0 ? [`In it: ${people.map(({ name }) => name).join(', ')}`] : []),
    ...(sharedImages.length > 0 ? [`Images: ${sharedImages.map(({ name }) => name).join(', ')}`] : []),
    ...(servers.length > 0 ? [`Servers: ${servers.map(({ name }) => name).join(', ')}`] : []),
  ].join('\n');
}
