import { type Command, Option } from 'commander';
import { callApi, listAll } from '../call-api.ts';
import { say } from '../say.ts';
import { startTime } from '../start-time.ts';
import {
  adder,
  choosing,
  chosen,
  ownZone,
  type Shown,
  type Staying,
  stayingLines,
  type Which,
  when,
} from './closed-nodes.ts';
import { show, whole } from './shown.ts';

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

/** `labrador maintenance ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addMaintenanceCommands(program: Command): void {
  const group = program
    .command('maintenance')
    .description('Maintenance windows of nodes, racks, pools or all, for administrators');
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
