import { type Command, Option } from 'commander';
import { hoursFromWords, hoursInWords } from '../../domain/hours-words.ts';
import type { OpenHours } from '../../domain/weekly-hours.ts';
import { makeClock } from '../../web/clock.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { say } from '../say.ts';
import { startTime } from '../start-time.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Which {
  readonly all?: true;
  readonly pools?: readonly string[];
  readonly racks?: readonly string[];
  readonly nodes?: readonly string[];
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `labrador schedule ...` and `labrador maintenance ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addClosingCommands(program: Command): void {
  addScheduleCommands(
    program.command('schedule').description('Weekly hours in which nodes may be used, for administrators'),
  );
  addMaintenanceCommands(
    program
      .command('maintenance')
      .description('Maintenance windows of nodes, racks, pools or all, for administrators'),
  );
}

function adder(group: Command) {
  return (name: string, what: string) =>
    group.command(name).description(what).option('--json', 'as the API answers');
}

function choosing(command: Command): Command {
  return command
    .option('--all', 'all nodes')
    .option('--pools <names...>', 'the nodes of these pools')
    .option('--racks <names...>', 'the nodes in these racks')
    .option('--nodes <names...>', 'these nodes');
}

function chosen({ all, pools, racks, nodes }: Which) {
  if (all) return { kind: 'all', named: [] };
  if (pools) return { kind: 'pool', named: pools };
  if (racks) return { kind: 'rack', named: racks };
  if (nodes) return { kind: 'nodes', named: nodes };
  throw new CommandError('Say which nodes: --all, --pools, --racks or --nodes.');
}

interface Staying {
  readonly reservationId: number;
  readonly node: string;
  readonly user: string;
  readonly email: string | null;
  readonly start: string;
}

function stayingLines(stays: readonly Staying[]): string[] {
  if (stays.length === 0) return [];
  return [
    'Bookings that stay, and whom to tell:',
    ...stays.map(
      (one) => `  ${one.reservationId}  ${one.node}  ${when(one.start)}  ${one.user} ${one.email ?? ''}`,
    ),
  ];
}

const when = (iso: string) => makeClock(null).when(Date.parse(iso)).text;

interface Schedule {
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  readonly hours: readonly OpenHours[];
  readonly nodes: number;
  readonly waiting: number;
}

interface ScheduleDetail extends Schedule {
  readonly keptBy: readonly { readonly name: string }[];
  readonly stays: readonly Staying[];
}

function addScheduleCommands(group: Command): void {
  const add = adder(group);
  add('list', 'list the schedules').action(async ({ json }: Shown) => {
    show(
      await listAll<Schedule>('/schedules', {}),
      json,
      (all) => all.map(lineOf).join('\n') || 'There is none.',
    );
  });
  add('show <name>', 'say when its nodes are open, and what is booked outside').action(
    async (name: string, { json }: Shown) => {
      show(await callApi<ScheduleDetail>('GET', `/schedules/${await idOf(name)}`), json, describe);
    },
  );
  add('add <name> <hours>', 'add weekly hours, such as "Mon-Fri 08:00-20:00; Sat 10:00-16:00"')
    .option('--zone <zone>', 'whose clock', ownZone)
    .action(async (name: string, hours: string, { zone, json }: Shown & { zone: string }) => {
      const body = { name, timeZone: zone, hours: hoursFromWords(hours) };
      show(await callApi<Schedule>('POST', '/schedules', body), json, lineOf);
    });
  add('edit <name>', 'change it; what is not named stays')
    .option('--name <name>', 'what it is called from now on')
    .option('--hours <hours>', 'as for add')
    .option('--zone <zone>', 'whose clock')
    .action(async (name: string, wish: Shown & { name?: string; hours?: string; zone?: string }) => {
      const body = {
        ...(wish.name === undefined ? {} : { name: wish.name }),
        ...(wish.zone === undefined ? {} : { timeZone: wish.zone }),
        ...(wish.hours === undefined ? {} : { hours: hoursFromWords(wish.hours) }),
      };
      show(await callApi<Schedule>('PATCH', `/schedules/${await idOf(name)}`, body), wish.json, lineOf);
    });
  choosing(add('assign <name>', 'let nodes keep it; "none" for no schedule')).action(
    async (name: string, { json, ...which }: Shown & Which) => {
      const path = `/schedules/${name === 'none' ? name : await idOf(name)}/nodes`;
      const came = await callApi<{ changed: number }>('PUT', path, { nodes: chosen(which) });
      show(came, json, ({ changed }) => `${changed} nodes changed.`);
    },
  );
  group
    .command('remove <name>')
    .description('remove it: its nodes are open always')
    .action(async (name: string) => {
      await callApi('DELETE', `/schedules/${await idOf(name)}`);
      say(`${name} was removed.`);
    });
}

async function idOf(name: string): Promise<number> {
  const found = (await listAll<Schedule>('/schedules', {})).find((one) => one.name === name);
  if (!found) throw new CommandError(`There is no schedule ${JSON.stringify(name)}.`);
  return found.id;
}

function lineOf({ name, timeZone, hours, nodes, waiting }: Schedule): string {
  const still = waiting > 0 ? `, ${waiting} still to follow` : '';
  return `${name}  ${hoursInWords(hours)}  ${timeZone}  nodes: ${nodes}${still}`;
}

function describe({ keptBy, stays, ...schedule }: ScheduleDetail): string {
  const nodes = keptBy.length > 0 ? [`Kept by: ${keptBy.map(({ name }) => name).join(', ')}`] : [];
  return [lineOf(schedule), ...nodes, ...stayingLines(stays)].join('\n');
}

interface Window {
  readonly id: number;
  readonly reason: string;
  readonly from: string;
  readonly until: string;
  readonly phase: string;
  readonly count: number;
  readonly nodes: { readonly kind: string; readonly named: readonly string[] };
}

interface WindowDetail extends Window {
  readonly affected: readonly { readonly name: string; readonly state: string }[];
  readonly stays: readonly Staying[];
}

type Wish = Shown & Which & { from: string; until: string; end?: true; zone: string };

const time = (typed: string) => startTime(typed);

function addMaintenanceCommands(group: Command): void {
  const add = adder(group);
  add('list', 'list the windows, open ones first').action(async ({ json }: Shown) => {
    const all = await listAll<Window>('/maintenance', {});
    show(all, json, (found) => found.map(windowLine).join('\n') || 'There is none.');
  });
  add('show', 'say what a window does')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      show(await callApi<WindowDetail>('GET', `/maintenance/${id}`), json, describeWindow);
    });
  planned(add('preview <reason>', 'say what a window would do to each booking')).action(
    async (reason: string, wish: Wish) => {
      show(
        await callApi<Preview>('POST', '/maintenance/preview', bodyOf(reason, wish)),
        wish.json,
        previewed,
      );
    },
  );
  planned(add('plan <reason>', 'plan a window; people read the reason')).action(
    async (reason: string, wish: Wish) => {
      show(await callApi<WindowDetail>('POST', '/maintenance', bodyOf(reason, wish)), wish.json, windowLine);
    },
  );
  add('edit', 'move, shorten or lengthen a window')
    .argument('<id>', 'which', whole)
    .option('--from <time>', 'when it begins', time)
    .option('--until <time>', 'when it is over', time)
    .option('--reason <text>', 'what is done')
    .action(async (id: number, { json, ...changes }: Shown) => {
      show(await callApi<WindowDetail>('PATCH', `/maintenance/${id}`, changes), json, windowLine);
    });
  group
    .command('end')
    .description('end a window early; one that has not begun is cancelled')
    .argument('<id>', 'which', whole)
    .action(async (id: number) => {
      await callApi('DELETE', `/maintenance/${id}`);
      say('Its nodes come back.');
    });
}

function planned(command: Command): Command {
  return choosing(command)
    .requiredOption('--from <time>', 'when: 22:00, "2026-09-01 22:00", or ISO 8601 with a zone', time)
    .requiredOption('--until <time>', 'when it is over', time)
    .option('--end', 'bookings that cannot be moved end when it begins; else their people are told')
    .addOption(new Option('--zone <zone>', 'the clock that people are told it by').default(ownZone));
}

function bodyOf(reason: string, { from, until, end, zone, ...which }: Wish) {
  return { reason, from, until, timeZone: zone, nodes: chosen(which), bookings: end ? 'end' : 'tell' };
}

function windowLine({ id, reason, from, until, phase, count, nodes }: Window): string {
  const which = nodes.kind === 'all' ? 'all' : nodes.named.join(', ');
  return `${id}  ${phase}  ${when(from)} to ${when(until)}  ${which} (${count})  ${reason}`;
}

function describeWindow({ affected, stays, ...window }: WindowDetail): string {
  const nodes = affected.map(({ name, state }) => `${name} ${state}`).join(', ');
  return [windowLine(window), ...(nodes ? [nodes] : []), ...stayingLines(stays)].join('\n');
}

interface Preview {
  readonly count: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly bookings: readonly {
      readonly title: string;
      readonly user: string;
      readonly start: string;
      readonly fate: string;
    }[];
  }[];
}

function previewed({ count, nodes }: Preview): string {
  const lines = nodes.flatMap(({ name, bookings }) =>
    bookings.map((one) => `  ${name}  ${when(one.start)}  ${one.user}  ${one.title}: ${one.fate}`),
  );
  return [`${count} nodes.`, ...(lines.length > 0 ? lines : ['Nothing is booked on them.'])].join('\n');
}
