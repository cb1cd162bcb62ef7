import type { Command } from 'commander';
import type { IdleRules } from '../../domain/idle-rules.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { say } from '../say.ts';
import { addIdleOptions, type IdleOptions, idleBody, idleLine } from './idle-options.ts';
import { show } from './shown.ts';

interface Pool {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly reach: string;
  readonly nodes: number;
  readonly available: number;
}

interface PoolSettings extends Omit<Pool, 'available'>, IdleRules {
  readonly version: number;
  readonly settings: readonly { readonly name: string; readonly kind: string; readonly value: unknown }[];
}

interface PoolTest {
  readonly state: string;
  readonly failure: string | null;
  readonly checks: readonly { name: string; result: string; says: string; mend: string | null }[];
}

interface PoolNetwork extends Pick<PoolTest, 'checks'> {
  readonly underWay: boolean;
}

interface Shown {
  readonly json?: true;
}

interface SetOptions extends Shown, IdleOptions {
  readonly name?: string;
  readonly reach?: string;
}

/** `labrador pool ...`, over REST. Settings are told as `name=value`. */
export function addPoolCommands(program: Command): void {
  const pool = program.command('pool').description('Pools of nodes, for administrators');
  const add = (name: string, what: string) =>
    pool.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list the pools').action(async ({ json }: Shown) => {
    show(await pools(), json, (all) => all.map(lineOf).join('\n') || 'There is no pool.');
  });
  add('show <name>', 'say what a pool was told').action(async (name: string, { json }: Shown) => {
    show(await settingsOf(name), json, linesOf);
  });
  add('create <name> [settings...]', 'make a pool, with settings such as network=bridge')
    .requiredOption('--module <id>', 'what its machines are, such as qemu')
    .option('--reach <what>', 'what they may reach: none, web or everything')
    .option('--place <name>', 'where they are, where there is more than one place')
    .action(
      async (name: string, told: readonly string[], { json, ...options }: Shown & { module: string }) => {
        const known = (await choices()).find(({ id }) => id === options.module)?.settings ?? [];
        const body = { name, ...options, settings: settingsIn(told, known) };
        show(await callApi<PoolSettings>('POST', '/pools', body), json, ({ id }) => `Pool ${id} was made.`);
      },
    );
  addIdleOptions(add('set <name> [settings...]', 'change a pool; what is not told stays'))
    .option('--name <new>', 'another name')
    .option('--reach <what>', 'what its machines may reach')
    .action(async (name: string, told: readonly string[], { json, ...options }: SetOptions) => {
      const { id, version, settings } = await settingsOf(name);
      const { name: newName, reach } = options;
      const own = {
        ...(newName === undefined ? {} : { name: newName }),
        ...(reach === undefined ? {} : { reach }),
      };
      const body = { ...own, ...idleBody(options), version, settings: settingsIn(told, settings) };
      show(await callApi<PoolSettings>('PATCH', `/pools/${id}`, body), json, linesOf);
    });
  add('test <name>', 'try out what the machines of a pool need').action(testCommand);
  add('check <name>', 'check the network that the machines of a bare-metal pool start from').action(
    checkCommand,
  );
  pool
    .command('delete <name>')
    .description('remove a pool that has no nodes')
    .action(async (name: string) => {
      await callApi('DELETE', `/pools/${await idOf(name)}`);
      say(`${name} was removed.`);
    });
}

/** Exit code 1 where something is wrong. */
async function testCommand(name: string, { json }: Shown): Promise<void> {
  const test = await callApi<PoolTest>('POST', `/pools/${await idOf(name)}/test`);
  show(test, json, ({ checks }) => checks.map(checkLine).join('\n'));
  if (test.state === 'failed') throw new CommandError(test.failure ?? 'It could not be tested.');
  if (test.state !== 'done')
    throw new CommandError(`It is not tested yet (${test.state}): does the daemon of its place run?`);
  mustBeFine(test.checks);
}

/** Exit code 1 where something is wrong. */
async function checkCommand(name: string, { json }: Shown): Promise<void> {
  const network = await callApi<PoolNetwork>('POST', `/pools/${await idOf(name)}/network`);
  const none = `The machines of ${name} start without a network.`;
  if (json || !network.underWay)
    show(network, json, ({ checks }) => checks.map(checkLine).join('\n') || none);
  if (network.underWay) throw new CommandError('It is not checked yet: does the daemon of its place run?');
  mustBeFine(network.checks);
}

function mustBeFine(checks: PoolTest['checks']): void {
  const wrong = checks.filter(({ result }) => result === 'wrong').length;
  if (wrong > 0) throw new CommandError(`${wrong} of ${checks.length} checks found something wrong.`);
}

async function pools(): Promise<Pool[]> {
  return listAll<Pool>('/pools', {});
}

async function choices(): Promise<{ id: string; settings: PoolSettings['settings'] }[]> {
  return (
    await callApi<{ modules: { id: string; settings: PoolSettings['settings'] }[] }>('GET', '/pool-modules')
  ).modules;
}

async function idOf(name: string): Promise<number> {
  const found = (await pools()).find((pool) => pool.name === name);
  if (!found) throw new CommandError(`There is no pool ${JSON.stringify(name)}.`);
  return found.id;
}

async function settingsOf(name: string): Promise<PoolSettings> {
  return callApi<PoolSettings>('GET', `/pools/${await idOf(name)}`);
}

/** `name=value` as the kind of that setting; what is no number is told as it is, and refused by name. */
function settingsIn(told: readonly string[], known: PoolSettings['settings']): Record<string, unknown> {
  const pairs = told.map((one) => {
    const [, name = '', text = ''] = /^(\w+)=(.*)$/s.exec(one) ?? [];
    if (name === '') throw new CommandError(`Expected name=value, not ${JSON.stringify(one)}.`, 2);
    const kind = known.find((setting) => setting.name === name)?.kind;
    if (kind === 'list') return [name, text.split(/[\s,]+/).filter(Boolean)];
    return [
      name,
      kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text,
    ];
  });
  return Object.fromEntries(pairs) as Record<string, unknown>;
}

function lineOf({ name, module, reach, nodes, available }: Pool): string {
  return `${name.padEnd(20)}  ${module.padEnd(10)}  ${String(nodes).padStart(5)} nodes, ${available} free  reaches ${reach}`;
}

function linesOf(pool: PoolSettings): string {
  const { name, module, reach, nodes, settings } = pool;
  const told = settings.map((one) => `  ${one.name.padEnd(16)}  ${[one.value].flat().join(', ')}`);
  return [`${name}  ${module}  ${nodes} nodes  reaches ${reach}`, `  ${idleLine(pool)}`, ...told].join('\n');
}

function checkLine({ name, result, says, mend }: PoolTest['checks'][number]): string {
  return `${result.padEnd(7)}  ${name}: ${says}${mend === null ? '' : `\n         ${mend}`}`;
}
