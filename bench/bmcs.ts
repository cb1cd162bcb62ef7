/** Two hundred BMCs (OpenIPMI's simulator, a process each) of which ten hang: how long it takes to read the power of all of them. */
import { spawnSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { ipmiBmc } from '../modules/provisioning/ipmi/ipmi-bmc.ts';
import type { Bmc } from '../modules/provisioning/shared/bmc/bmc.ts';
import { guardBmc } from '../modules/provisioning/shared/bmc/guard-bmc.ts';
import { createQueue } from '../src/lib/queue.ts';
import { type SimulatedBmc, startIpmiSim } from '../test/helpers/ipmi-sim.ts';
import type { Figure } from './figure.ts';

const all = 200;
const dead = 10;
/** Programs that run at the same time. */
const atOnce = 32;
const plainCommands = 20;

export async function bmcs(): Promise<Figure[]> {
  const sims: SimulatedBmc[] = [];
  try {
    for (let n = 0; n < all; n++) sims.push(await startIpmiSim());
    return await measure(sims);
  } finally {
    await Promise.all(sims.map((sim) => sim.close()));
  }
}

async function measure(sims: readonly SimulatedBmc[]): Promise<Figure[]> {
  const guarded = sims.map(({ access }) =>
    guardBmc(ipmiBmc({ ...access, cipher: 3 }, { packetSeconds: 2 }), { ...access, intervalMs: 0 }),
  );
  const [plain, plainWork] = plainSeconds(sims[0] as SimulatedBmc);
  const before = childSeconds();
  const alive = await sweep(guarded);
  const work = (childSeconds() - before) / all;
  for (const sim of sims.slice(0, dead)) sim.hang();
  const first = await sweep(guarded);
  await sweep(guarded);
  await sweep(guarded);
  const resting = await sweep(guarded);
  for (const sim of sims.slice(0, dead)) sim.wake();
  const serial = `${all} times plain ipmitool, one by one: ${(plain * all).toFixed(1)} s`;
  return [
    { name: 'plain ipmitool, one command', value: plain * 1000, unit: 'ms' },
    {
      ...{ name: 'processor time of one command', value: work * 1000, unit: 'ms' },
      against: `plain ipmitool, which reads the list of all makers each time: ${(plainWork * 1000).toFixed(1)} ms`,
    },
    { name: `power of ${all} BMCs`, value: alive, unit: 's', against: serial },
    { name: `power of ${all} BMCs, ${dead} hang`, value: first, unit: 's', against: `at most 10; ${serial}` },
    { name: 'the same once they are left alone', value: resting, unit: 's', against: serial },
  ];
}

/** Seconds until each has answered or was given up. */
async function sweep(bmcs: readonly Bmc[]): Promise<number> {
  const limited = createQueue(atOnce);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const begun = performance.now();
  await Promise.allSettled(bmcs.map((bmc) => limited(() => bmc.power(signal))));
  return (performance.now() - begun) / 1000;
}

/** Of one command: on the clock, and of a processor. */
function plainSeconds({ access }: SimulatedBmc): [number, number] {
  const args = ['-I', 'lanplus', '-H', access.host, '-p', String(access.port), '-U', access.username, '-E'];
  const env = { ...process.env, IPMI_PASSWORD: access.password };
  const [begun, before] = [performance.now(), childSeconds()];
  for (let n = 0; n < plainCommands; n++)
    spawnSync('ipmitool', [...args, '-C', '3', 'chassis', 'power', 'status'], { env });
  return [(performance.now() - begun) / 1000 / plainCommands, (childSeconds() - before) / plainCommands];
}

/** What the commands that have ended took of a processor: proc(5), cutime and cstime, in hundredths. */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
