import { Argument, type Command, Option } from 'commander';
import { nodeActions } from '../../services/services.ts';
import { askPassword } from '../ask-password.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { readTable } from '../read-table.ts';
import { say } from '../say.ts';
import { show, whole } from './shown.ts';

interface Node {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly power: string;
  readonly image: string | null;
  readonly user: string | null;
  readonly failure: string | null;
}

interface NodeDetail extends Node {
  readonly work: { readonly title: string } | null;
  readonly holder: { readonly user: string; readonly end: string } | null;
  readonly loads: readonly {
    readonly at: string;
    readonly why: string;
    readonly milliseconds: number | null;
    readonly failure: string | null;
  }[];
}

interface Discovered {
  readonly mac: string;
  readonly pool: string;
  readonly firstAt: string;
  readonly times: number;
  readonly ignored: boolean;
}

interface Added {
  readonly name: string;
  readonly problems: readonly string[];
}

/** `labrador node ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('Nodes, for administrators');
  node
    .command('list')
    .description('list nodes')
    .option('--state <state>', 'those in this state')
    .option('--search <text>', 'with this in their name, person or address')
    .option('--json', 'as the API answers')
    .action(async ({ json, ...filter }: { json?: true; state?: string; search?: string }) => {
      const found = await listAll<Node>('/nodes', filter);
      say(json ? JSON.stringify(found, null, 2) : found.map(lineOf).join('\n') || 'There is no such node.');
    });
  node
    .command('show <name>')
    .description('say what a node does and how its last loads went')
    .option('--json', 'as the API answers')
    .action(async (name: string, { json }: { json?: true }) => {
      const detail = await callApi<NodeDetail>('GET', `/nodes/${await idOf(name)}`);
      say(json ? JSON.stringify(detail, null, 2) : describe(detail));
    });
  node
    .command('discovered')
    .description('list machines that started from the network and have no name yet: add them by their --mac')
    .option('--json', 'as the API answers')
    .action(async ({ json }: { json?: true }) => {
      const found = (await listAll<Discovered>('/discovered', {})).filter(({ ignored }) => !ignored);
      show(found, json, (all) => all.map(discoveredLine).join('\n') || 'No machine waits for a name.');
    });
  node
    .command('console <name>')
    .description('show what a node writes to its console, read only, until it is closed (Ctrl-C)')
    .action(async (name: string) => {
      const { path } = await callApi<{ path: string }>('POST', `/nodes/${await idOf(name)}/console`);
      await (await import('../console.ts')).showConsole(path);
    });
  node
    .command('add [pattern]')
    .description('add nodes by a pattern, such as lab[01-40], or by a table')
    .requiredOption('--pool <name>', 'of this pool')
    .requiredOption('--image <name>', 'what they hold while nobody needs them')
    .option('--mac <address>', "the first one's network card; the next ones follow")
    .option('--csv <file>', 'a table, "-" for the input; its first line names the columns')
    .option('--bmc <address>', "of bare metal: the first one's BMC, or % for the name of each")
    .option('--bmc-port <port>', 'where it is not the usual one', whole)
    .option('--bmc-user <name>', 'an administrator of the BMCs; the password is asked for')
    .option('--firmware <kind>', 'bios or uefi')
    .option('--address <address>', "the first one's own address, or % for the name of each")
    .option('--ssh-port <port>', 'where its own SSH answers on another port than 22', whole)
    .option(
      '--commission',
      'of bare metal: each is looked at and burnt in first, and in service when it passes',
    )
    .option('--dry-run', 'only say what is wrong with each')
    .action(addCommand);
  node
    .command('bmc <name>')
    .description('change how a bare-metal node is switched and reached; what is not told stays')
    .option('--bmc <address>', 'the address of its BMC')
    .option('--bmc-port <port>', 'where it is not the usual one', whole)
    .option('--bmc-user <name>', 'an administrator of its BMC; the password is asked for')
    .option('--firmware <kind>', 'bios or uefi')
    .option('--address <address>', 'its own address')
    .option('--ssh-port <port>', 'where its own SSH answers on another port than 22', whole)
    .action(async (name: string, options: HardwareOptions) => {
      const node = await callApi<{ name: string }>(
        'PATCH',
        `/nodes/${await idOf(name)}/hardware`,
        await hardwareOf(options),
      );
      say(`${node.name}: changed; its BMC is asked who it is.`);
    });
  node
    .command('order')
    .description('load nodes anew, switch them, take them out of service or back')
    .addArgument(new Argument('<action>').choices(nodeActions))
    .argument('<names...>', 'which')
    .addOption(new Option('--when <time>', 'where somebody has it').choices(['after', 'now']))
    .option('--reason <words>', 'why; whoever has it is told')
    .option('--image <name>', 'what it is loaded with')
    .option('--dry-run', 'only say what would be done')
    .action(order);
  node
    .command('commission')
    .description('look at bare-metal nodes and burn them in, out of service meanwhile')
    .argument('<names...>', 'which')
    .addOption(new Option('--when <time>', 'where somebody has it').choices(['after', 'now']))
    .option('--reason <words>', 'why; whoever has it is told')
    .option('--dry-run', 'only say what would be done')
    .action((names: string[], options: OrderOptions) => order('commission', names, options));
}

type OrderOptions = Readonly<Record<string, string | true>>;

/** To each of them; what is refused of one keeps the others from nothing. */
async function order(action: string, names: readonly string[], options: OrderOptions): Promise<void> {
  let refused = 0;
  for (const name of names) {
    try {
      const wanted = { action, ...options };
      const { says } = await callApi<{ says: string }>('POST', `/nodes/${await idOf(name)}/orders`, wanted);
      say(`${name}: ${says}`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      refused++;
      say(`${name}: not done. ${error.message}`);
    }
  }
  if (refused > 0) throw new CommandError(`${refused} of ${names.length} were not done.`);
}

interface HardwareOptions {
  readonly bmc?: string | undefined;
  readonly bmcPort?: number | undefined;
  readonly bmcUser?: string | undefined;
  readonly firmware?: string | undefined;
  readonly address?: string | undefined;
  readonly sshPort?: number | undefined;
}

/** The password comes from the terminal, else from the first line of the input: never from an argument. */
async function hardwareOf(options: HardwareOptions): Promise<Record<string, unknown>> {
  const { bmc: bmcHost, bmcUser: bmcUsername, ...rest } = options;
  const secret =
    bmcUsername === undefined
      ? {}
      : { bmcUsername, bmcPassword: await askPassword(`Password of ${bmcUsername}: `) };
  return { bmcHost, ...rest, ...secret };
}

interface AddOptions extends HardwareOptions {
  readonly csv?: string;
}

async function addCommand(pattern: string | undefined, options: AddOptions): Promise<void> {
  const { csv: file, bmc, bmcPort, bmcUser, firmware, address, sshPort, ...plain } = options;
  if ((pattern === undefined) === (file === undefined))
    throw new CommandError('Say names, such as lab[01-40], or a table with --csv.', 2);
  if (file === '-' && bmcUser !== undefined)
    throw new CommandError('The input is either the table or the password: name a file for the table.', 2);
  const hardware = await hardwareOf({ bmc, bmcPort, bmcUser, firmware, address, sshPort });
  const csv = file === undefined ? undefined : await readTable(file);
  const { rows } = await callApi<{ rows: Added[] }>('POST', '/nodes', { pattern, csv, hardware, ...plain });
  say(rows.map(({ name, problems }) => `${name}: ${problems.join(' ') || 'fine'}`).join('\n'));
}

async function idOf(name: string): Promise<number> {
  const found = (await listAll<Node>('/nodes', { search: name })).find((node) => node.name === name);
  if (!found) throw new CommandError(`There is no node ${JSON.stringify(name)}.`);
  return found.id;
}

function lineOf({ name, state, power, image, user, failure }: Node): string {
  return `${name.padEnd(14)}  ${state.padEnd(11)}  ${power.padEnd(7)}  ${image ?? 'nothing'}${user ? `  ${user}` : ''}${failure ? `  ${failure}` : ''}`;
}

function discoveredLine({ mac, pool, firstAt, times }: Discovered): string {
  return `${mac}  ${pool.padEnd(14)}  first seen ${firstAt}, started ${times === 1 ? 'once' : `${times} times`}`;
}

function describe({ holder, work, loads, ...node }: NodeDetail): string {
  const lines = loads.map(({ at, why, milliseconds, failure }) => {
    const took = milliseconds === null ? 'runs' : `${(milliseconds / 1000).toFixed(1)} s`;
    return `  ${at}  ${took.padStart(8)}  ${failure ?? why}`;
  });
  return [
    lineOf(node),
    ...(holder ? [`${holder.user} has it until ${holder.end}.`] : []),
    ...(work ? [`${work.title}.`] : []),
    ...(lines.length > 0 ? ['Last loads:', ...lines] : []),
  ].join('\n');
}
