import { type Command, InvalidArgumentError } from 'commander';
import { day } from '../../domain/time.ts';
import { makeClock } from '../../web/clock.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { startTime } from '../start-time.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Allocation {
  readonly id: number;
  readonly node: string;
  readonly purpose: string;
  readonly state: string;
  readonly start: string;
  readonly end: string;
  readonly user: string | null;
  readonly image: string | null;
  readonly of: { readonly title: string } | null;
}

interface AllocationDetail extends Allocation {
  readonly movable: boolean;
  readonly moves: readonly { readonly id: number; readonly name: string }[];
}

interface Wish extends Shown {
  readonly from?: string;
  readonly days: number;
  readonly node?: string;
  readonly pool?: string;
  readonly person?: string;
  readonly purpose?: string;
}

/** `labrador timeline ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addTimelineCommands(program: Command): void {
  const timeline = program
    .command('timeline')
    .description('What is held of which node when, for administrators');
  const add = (name: string, what: string) =>
    timeline.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list what is held, by node and time')
    .option(
      '--from <time>',
      'from when: 14:30, "2026-09-01 14:30", or ISO 8601 with a zone; else now',
      (typed) => startTime(typed),
    )
    .option('--days <n>', 'for how long', days, 7)
    .option('--node <name>', 'of this node')
    .option('--pool <name>', 'of nodes of this pool')
    .option('--person <name>', 'what this person has')
    .option('--purpose <purpose>', 'reservation, block, offer, maintenance, service or schedule')
    .action(
      async ({ json, from = new Date(makeClock(null).now).toISOString(), days: n, ...filter }: Wish) => {
        const to = new Date(Date.parse(from) + n * day).toISOString();
        const found = await listAll<Allocation>('/allocations', { from, to, ...filter });
        show(found, json, (all) => all.map(lineOf).join('\n') || 'Nothing is held.');
      },
    );
  add('show', 'say what it is, and where it could go')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      show(await callApi<AllocationDetail>('GET', `/allocations/${id}`), json, describe);
    });
  add('move', 'move a booking whose machine is not being made ready yet to another node')
    .argument('<id>', 'which', whole)
    .option('--to <node>', 'to this one; else to any that fits')
    .action(async (id: number, { json, to }: Shown & { to?: string }) => {
      const body = to === undefined ? {} : { nodeId: await nodeNamed(to) };
      show(await callApi<AllocationDetail>('POST', `/allocations/${id}/move`, body), json, describe);
    });
}

function days(text: string): number {
  const n = whole(text);
  if (n < 1 || n > 400) throw new InvalidArgumentError('Expected 1 to 400.');
  return n;
}

async function nodeNamed(name: string): Promise<number> {
  const found = await listAll<{ id: number; name: string }>('/nodes', { search: name });
  const node = found.find((one) => one.name === name);
  if (!node) throw new CommandError(`There is no node ${JSON.stringify(name)}.`);
  return node.id;
}

const when = (iso: string) => makeClock(null).when(Date.parse(iso)).text;

function lineOf({ id, node, purpose, state, start, end, user, image, of }: Allocation): string {
  const what = [of?.title, user, image].filter(Boolean).join(', ');
  return `${id}  ${node}  ${when(start)} to ${when(end)}  ${purpose} ${state}  ${what}`.trimEnd();
}

function describe({ movable, moves, ...one }: AllocationDetail): string {
  const to = moves.map(({ name }) => name).join(', ') || 'no node is free for it';
  return [lineOf(one), ...(movable ? [`It could go to: ${to}`] : [])].join('\n');
}
