import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { simulatorSettings } from '../../modules/provisioning/simulator/settings.ts';
import { simulator } from '../../modules/provisioning/simulator/simulator.ts';
import type { CleanedDisk } from '../../src/domain/contracts/facts.ts';
import {
  artefactName,
  defineProvisioning,
  type Loaded,
  parseArtefactName,
} from '../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../src/domain/contracts/provisioning-context.ts';
import { type FailureKind, ModuleError } from '../../src/domain/errors.ts';
import type { PowerState } from '../../src/domain/states.ts';
import { abortable } from '../../src/lib/abortable.ts';
import { offFile, readConnections } from './recording-os.ts';

const settings = simulatorSettings.extend({
  userAddress: z.enum(['forwarded', 'dhcp']).default('forwarded'),
  bindAddress: z.string().default('127.0.0.1'),
  publicAddress: z.string().default('127.0.0.1'),
  portFrom: z.number().default(22_000),
  portTo: z.number().default(22_099),
  /** Its machines have disks of their own, which hold what people left there (`bytesOf`) until they are cleaned. */
  disksStay: z.boolean().default(false),
  /** They have BMCs, which answer what a test wants (`setBmc`). */
  bmcs: z.enum(['none', 'observe', 'enforce']).default('none'),
});
/** In a pool's directory: the address that its machines have. */
export const addressFile = 'address';

type Context = ProvisioningContext<z.output<typeof settings>>;

/** What a test wants of a node's next loads: `left` of them fail, or hang until they are cut. */
export interface Fault {
  readonly kind: FailureKind | 'hang';
  readonly left: number;
}

const management = { host: '127.0.0.1', port: 1 };

/**
 * Simulated machines that an OS module applies to and that people can be forwarded to, all in files: they survive the daemon
 * as real ones do.
 */
export const testMachines = defineProvisioning({
  ...simulator,
  id: 'test',
  title: 'Test machines',
  settings,
  simulated: false,

  async load(context: Context): Promise<Loaded> {
    note(context, 'load begins');
    try {
      forgetOlder(context);
      await misbehave(context);
      const cleaned = context.node.unclean ? await cleanDisk(context) : [];
      const { changed } = await simulator.load(context);
      return { changed, management, cleaned };
    } finally {
      note(context, 'load ends');
    }
  },
  async capture(context: Context, target) {
    await misbehave(context, 'capture');
    return simulator.capture(context, target);
  },
  /** One that was switched off is nothing that anybody could be given. */
  async node_status(context: Context) {
    const status = await simulator.node_status(context);
    if (!existsSync(offFile(context))) return status;
    return { ...status, status: 'RELOAD', power: 'off', reachable: false, reason: 'It is off.' };
  },
  power_status: powerOf,
  async power_on(context: Context) {
    await misbehave(context, 'power');
    for (const file of [crashFile(context), offFile(context)]) rmSync(file, { force: true });
    return { ...(await simulator.power_on(context)), management };
  },
  async power_reset(context: Context) {
    note(context, 'power_reset');
    return { ...(await simulator.power_reset(context)), management };
  },
  cleanSeconds: ({ disksStay }) => (disksStay ? 60 : null),
  clean: cleanDisk,
  bmcPolicy: ({ bmcs }) => (bmcs === 'none' ? null : { everySeconds: 0, power: bmcs }),
  async look_at_bmc(context: Context) {
    const { silent, troubles } = readBmc(context);
    const power = silent === null ? await powerOf(context) : 'unknown';
    return { power, silent, troubles };
  },
  audit_bmc: (context: Context) => Promise.resolve(readBmc(context).audit),
  async unload(context: Context) {
    forgetOlder(context, true);
    await simulator.unload?.(context);
  },
  connections: ({ directory }: Context) => Promise.resolve(readConnections(directory)),
  /** What a test wrote there (`addressFile`), as a DHCP server would say it. */
  user_endpoint(context: Context) {
    if (context.settings.userAddress === 'forwarded') return Promise.resolve(null);
    const file = join(context.directory, addressFile);
    return Promise.resolve({ host: existsSync(file) ? readFileSync(file, 'utf8') : '192.0.2.10', port: 22 });
  },
  open_forward(context: Context, { port }) {
    mkdirSync(join(context.directory, 'forwards'), { recursive: true });
    writeFileSync(join(context.directory, 'forwards', String(port)), nameOf(context));
    return Promise.resolve();
  },
  close_forward(context: Context, { port }) {
    rmSync(join(context.directory, 'forwards', String(port)), { force: true });
    return Promise.resolve();
  },
});

/** In a pool's directory: what lies on a node's disk, whoever has the machine. */
export function bytesOf(directory: string, node: string): string {
  return join(directory, 'disks', node);
}

async function powerOf(context: Context): Promise<PowerState> {
  if (existsSync(crashFile(context))) return 'crashed';
  return existsSync(offFile(context)) ? 'off' : simulator.power_status(context);
}

const usualBmc = {
  silent: null as string | null,
  troubles: [] as readonly string[],
  audit: { accounts: ['2 admin, ADMINISTRATOR, enabled'], boot: null as string | null, version: '6.10' },
};

/** What a node's BMC answers from now on; as usual where it is not said. */
export function setBmc(directory: string, node: string, answers: Partial<typeof usualBmc>): void {
  mkdirSync(join(directory, 'bmcs'), { recursive: true });
  writeFileSync(join(directory, 'bmcs', node), JSON.stringify(answers));
}

function readBmc({ directory, node }: Context): typeof usualBmc {
  const file = join(directory, 'bmcs', node.name);
  if (!existsSync(file)) return usualBmc;
  return { ...usualBmc, ...(JSON.parse(readFileSync(file, 'utf8')) as object) };
}

/** A fault of `sim1.clean` leaves it as it is. */
async function cleanDisk(context: Context): Promise<CleanedDisk[]> {
  note(context, 'clean');
  const disk = { name: 'vda', model: 'Test', serial: '1', bytes: 4096, method: 'overwritten', seconds: 1 };
  try {
    await misbehave(context, 'clean');
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    const cleaned = [{ ...disk, result: 'failed', says: 'it takes no writes' }];
    throw new ModuleError(error.kind, 'Cleaning failed.', { facts: { cleaned } });
  }
  rmSync(bytesOf(context.directory, context.node.name), { force: true });
  return [{ ...disk, result: 'clean', says: '' }];
}

/** As when somebody presses the button at the machine of node 1. */
export function pressOff(directory: string): void {
  const guests = join(directory, 'guests');
  mkdirSync(guests, { recursive: true });
  const [load] = list(directory).filter((name) => /^testlab-n1-l\d+\.json$/.test(name));
  writeFileSync(join(guests, `${load?.replace('.json', '')}.off`), '');
}

const nameOf = (context: Context) => artefactName(context.installation, context.node);
const crashFile = (context: Context) => join(context.directory, 'crashed', context.node.name);

/** What a module did, one line a call; several processes append to it. */
function note(context: Context, what: string): void {
  mkdirSync(context.directory, { recursive: true });
  const line = { at: Date.now(), pid: process.pid, node: context.node.id, load: context.node.load, what };
  appendFileSync(join(context.directory, 'calls'), `${JSON.stringify(line)}\n`);
}

export interface Call {
  readonly at: number;
  readonly pid: number;
  readonly node: number;
  readonly load: number;
  readonly what: string;
}

export function callsOf(directory: string): Call[] {
  if (!existsSync(join(directory, 'calls'))) return [];
  const lines = readFileSync(join(directory, 'calls'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}

/** A disk and its ways in go with the load that made them. */
function forgetOlder(context: Context, all = false): void {
  const stale = (name: string) =>
    parseArtefactName(name)?.nodeId === context.node.id && (all || name !== nameOf(context));
  const guests = join(context.directory, 'guests');
  for (const name of list(guests)) if (stale(name)) rmSync(join(guests, name));
  const forwards = join(context.directory, 'forwards');
  for (const port of list(forwards)) {
    if (stale(readFileSync(join(forwards, port), 'utf8'))) rmSync(join(forwards, port));
  }
}

export function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Sets what the next loads of a node come to, or its next captures (`sim1.capture`), cleanings (`sim1.clean`), inspections (`sim1.inspect`) and starts (`sim1.power`). */
export function setFault(directory: string, node: string, fault: Fault): void {
  mkdirSync(join(directory, 'faults'), { recursive: true });
  writeFileSync(join(directory, 'faults', node), JSON.stringify(fault));
}

/** Fails or hangs as a test wants it. */
export async function misbehave(context: Context, what = 'load'): Promise<void> {
  const { directory, node, signal } = context;
  const name = what === 'load' ? node.name : `${node.name}.${what}`;
  const file = join(directory, 'faults', name);
  if (!existsSync(file)) return;
  const fault = JSON.parse(readFileSync(file, 'utf8')) as Fault;
  if (fault.left <= 0) return;
  if (what !== 'capture') await simulator.unload?.(context);
  setFault(directory, name, { ...fault, left: fault.left - 1 });
  if (fault.kind === 'hang') await abortable(new Promise<never>(() => undefined), signal);
  else throw new ModuleError(fault.kind, 'It failed as the test wants it.');
}

/** As when the machine's process is killed: its disk stays, its ways in are gone. */
export function crashMachine(directory: string, node: string): void {
  mkdirSync(join(directory, 'crashed'), { recursive: true });
  writeFileSync(join(directory, 'crashed', node), '');
  rmSync(join(directory, 'forwards'), { recursive: true, force: true });
}
