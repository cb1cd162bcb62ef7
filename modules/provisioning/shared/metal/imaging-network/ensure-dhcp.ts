/** The DHCP and TFTP service of a pool's imaging network: a dnsmasq of its own, which outlives the daemon as the image server does. */
import { mkdir, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import {
  hasEnded,
  isRunning,
  killProcess,
  type ProcessId,
  startDetached,
} from '../../../../../src/lib/detached-process.ts';
import { createQueue } from '../../../../../src/lib/queue.ts';
import { metalFiles } from '../metal-files.ts';
import { readJson } from '../read-json.ts';
import { type DhcpPlan, dnsmasqConfig } from './dnsmasq-config.ts';

const processSchema = z.object({ pid: z.number(), started: z.string() });
/** It says so in its log when it listens. */
const listens = 'dnsmasq-dhcp[';
const startMs = 30_000;
const lookMs = 50;
const mostLog = 4 * 1024 * 1024;
const inTurn = createQueue(1);

/** Where the service keeps its own. */
export function dhcpFiles(directory: string) {
  const { dhcp } = metalFiles(directory);
  return {
    folder: dhcp,
    config: `${dhcp}/dnsmasq.conf`,
    leases: `${dhcp}/leases`,
    hosts: `${dhcp}/hosts`,
    log: `${dhcp}/dnsmasq.log`,
    process: `${dhcp}/process.json`,
  };
}

/** It runs with this plan when this resolves; null: none runs. `failed`, with what it said, when it does not start. */
export async function ensureDhcp(
  directory: string,
  plan: Omit<DhcpPlan, 'leases' | 'hosts'> | null,
  signal?: AbortSignal,
): Promise<void> {
  await inTurn(async () => {
    const files = dhcpFiles(directory);
    if (plan === null) return await stopDhcp(directory);
    const config = dnsmasqConfig({ ...plan, leases: files.leases, hosts: files.hosts });
    const same = (await readFile(files.config, 'utf8').catch(() => null)) === config;
    const present = await readJson(files.process, processSchema);
    if (same && present && (await isRunning(present))) return await boundLog(files.log);
    await stopDhcp(directory);
    await mkdir(files.hosts, { recursive: true, mode: 0o700 });
    await writeFile(files.config, config, { mode: 0o600 });
    await start(directory, signal);
  });
}

/** Machines that run keep the addresses they have. */
export async function stopDhcp(directory: string): Promise<void> {
  const present = await readJson(dhcpFiles(directory).process, processSchema);
  if (present) await killProcess(present);
}

/** It appends, so that it goes on at the beginning. */
async function boundLog(file: string): Promise<void> {
  if ((await stat(file)).size > mostLog) await truncate(file);
}

async function start(directory: string, signal: AbortSignal | undefined): Promise<void> {
  const { folder, config, log: logFile, process } = dhcpFiles(directory);
  const log = await open(logFile, 'a', 0o600);
  try {
    const { size } = await log.stat();
    const id = await begin(config, folder, log.fd);
    for (let waited = 0; !(await saidSince(logFile, size)).includes(listens); waited += lookMs)
      if (waited >= startMs || (await hasEnded(id, lookMs, signal))) {
        await killProcess(id);
        throw await didNotStart(logFile, size);
      }
    await writeFileAtomic(process, JSON.stringify(id));
  } finally {
    await log.close();
  }
}

async function begin(config: string, cwd: string, log: number): Promise<ProcessId> {
  try {
    return await startDetached('dnsmasq', [`--conf-file=${config}`], { cwd, log });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'it is not installed (apt-get install dnsmasq-base)' : String(error);
    throw new ModuleError('failed', `The DHCP service of the imaging network does not start: ${why}`, {
      cause: error,
    });
  }
}

async function didNotStart(log: string, from: number): Promise<ModuleError> {
  const said = (await saidSince(log, from)).trim().split('\n').at(-1);
  return new ModuleError(
    'failed',
    `The DHCP service of the imaging network does not start: ${said || 'it says nothing'}`,
  );
}

async function saidSince(log: string, from: number): Promise<string> {
  return (await readFile(log)).subarray(from).toString();
}
