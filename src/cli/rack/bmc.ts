/** The BMC of a rack's machine: a process of its own, whose buttons are the machine's chassis. */
import { open, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isRunning,
  killProcess,
  type ProcessId,
  startDetached,
  startOf,
} from '../../lib/detached-process.ts';
import { sleep } from '../../lib/sleep.ts';
import { CommandError } from '../failure.ts';
import type { BmcProgram } from './bmc-program.ts';
import { ipmiSim } from './ipmi-sim.ts';
import type { BmcProtocol, RackNode } from './rack-node.ts';
import { redfishProgram } from './redfish/redfish-program.ts';

const programs: Readonly<Record<BmcProtocol, BmcProgram>> = { ipmi: ipmiSim, redfish: redfishProgram };
const logFile = 'bmc.log';

/** Starts it, unless it runs already; it listens when this resolves. */
export async function startBmc(node: RackNode): Promise<void> {
  if (await findBmc(node)) return;
  const { command, packages } = programs[node.bmc.protocol];
  const log = await open(join(node.folder, logFile), 'w', 0o600);
  try {
    const [program, ...args] = await command(node);
    await untilItListens(node, await startDetached(program, args, { cwd: node.folder, log: log.fd }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CommandError(`A rack needs the Debian packages ${packages}.`, 1, { cause: error });
  } finally {
    await log.close();
  }
}

/** Ends it. Its machine goes on. */
export async function stopBmc(node: RackNode): Promise<void> {
  const found = await findBmc(node);
  if (found) await killProcess(found);
}

/** Hangs it, as BMCs do, or lets it go on. */
export async function hangBmc(node: RackNode, hangs: boolean): Promise<void> {
  const found = await findBmc(node);
  if (found) process.kill(found.pid, hangs ? 'SIGSTOP' : 'SIGCONT');
}

/** Its process: the one that stands in the machine's folder, whoever started it. */
export async function findBmc(node: RackNode): Promise<ProcessId | null> {
  const { called } = programs[node.bmc.protocol];
  const folder = await realpath(node.folder);
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const words = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (!words.some((word) => word.endsWith(called)) || (await standsIn(entry)) !== folder) continue;
    const started = await startOf(Number(entry));
    if (started !== null) return { pid: Number(entry), started };
  }
  return null;
}

function standsIn(pid: string): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}

async function untilItListens({ name, folder, bmc }: RackNode, process: ProcessId): Promise<void> {
  while (!(await programs[bmc.protocol].listens(bmc.port))) {
    if (!(await isRunning(process))) {
      const said = await readFile(join(folder, logFile), 'utf8');
      throw new CommandError(`The BMC of ${name} does not run: ${said.trim().slice(-300)}`);
    }
    await sleep(20);
  }
}
