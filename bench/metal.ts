import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImageFile } from '../modules/provisioning/shared/image-file.ts';
import { stopImageServer } from '../modules/provisioning/shared/metal/ensure-image-server.ts';
import { followProgress, type JobDone } from '../modules/provisioning/shared/metal/follow-progress.ts';
import type { Job } from '../modules/provisioning/shared/metal/jobs/kinds.ts';
import { writeNetrootJob } from '../modules/provisioning/shared/metal/jobs/write-netroot-job.ts';
import { removeLoadFolder } from '../modules/provisioning/shared/metal/load-record.ts';
import { makeOverlay } from '../modules/provisioning/shared/metal/netroot/overlay.ts';
import { prepareStream } from '../modules/provisioning/shared/metal/stream.ts';
import { exec } from '../src/lib/exec.ts';
import { seedFiles } from '../src/lib/images/seed.ts';
import { type BareNode, imageServerAddress, makeBareNode } from '../test/helpers/bare-node.ts';
import { imageAgent } from '../test/helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../test/helpers/metal-pool.ts';
import { waitForBanner } from '../test/helpers/ssh-banner.ts';
import { testIdentity } from '../test/helpers/test-identity.ts';
import { tinyRevision } from '../test/helpers/tiny-image.ts';
import { type Figure, middle } from './figure.ts';
import { servePlain } from './plain-machine.ts';

const rounds = 3;
const never = new AbortController().signal;
const patience = { stillMs: 1_200_000, totalMs: 1_800_000 };

/**
 * From power on to the SSH greeting of a machine of its own that is loaded with tiny, beside the plain thing on the same
 * machine: the same kernel and programs, and a script that is `wget | zstd -d | dd` and nothing else. They take turns, and with
 * them the same image from a disk on the server.
 */
export async function metal(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const pool = await makeMetalPool();
  const node = await makeBareNode({ sockets: pool.sockets, mac: '52:54:00:bb:00:01', diskMb: 2048 });
  const times = { plain: [] as number[], ours: [] as number[], netroot: [] as number[] };
  const phases: JobDone['phases'][] = [];
  try {
    const stream = await prepareStream({ directory: pool.directory, signal: never }, await tinyRevision());
    const raw = await plainStream(folder);
    for (let round = 0; round < rounds; round++) {
      times.plain.push(await loadPlain(pool, node, raw));
      const ours = await served(pool, async () => await load(pool, node, await pool.job(node.mac, stream)));
      times.ours.push(ours.seconds);
      phases.push(ours.phases);
      const netroot = await served(pool, async () => await load(pool, node, await netrootJob(pool, node)));
      times.netroot.push(netroot.seconds);
    }
    return figuresOf(times, phases);
  } finally {
    await node.powerOff();
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function served<T>(pool: MetalPool, work: () => Promise<T>): Promise<T> {
  await pool.serve(await imageAgent());
  try {
    return await work();
  } finally {
    await stopImageServer(pool.directory);
  }
}

/** From power on to the SSH greeting; the machine is off afterwards. */
export async function load(pool: MetalPool, node: BareNode, job: Job) {
  const began = performance.now();
  await node.powerOn('once');
  const powered = { phase: 'power on', at: Date.now() };
  const { directory } = pool;
  const done = await followProgress(job, { directory, signal: never, progress: () => undefined, patience });
  await waitForBanner(node.port, AbortSignal.timeout(patience.stillMs));
  const seconds = (performance.now() - began) / 1000;
  await node.powerOff();
  if (job.action === 'netroot') await removeLoadFolder(job.folder);
  return { seconds, phases: [powered, ...done.phases, { phase: 'SSH', at: Date.now() }] };
}

/** Making the overlay is part of a load: what it costs is before the machine is switched on, and next to nothing. */
async function netrootJob(pool: MetalPool, { mac }: BareNode): Promise<Job> {
  const folder = join(pool.directory, 'netroot');
  const base = await readImageFile(await tinyRevision());
  await makeOverlay(folder, base, base.virtualBytes, never);
  return await writeNetrootJob(pool.directory, {
    ...{ artefact: 'bench-n1-l1', node: 'metal1', mac, expiresAt: Date.now() + patience.totalMs },
    ...{ folder, base, seed: seedFiles(testIdentity()) },
  });
}

/** tiny as one stream, as anybody would pack it. */
export async function plainStream(folder: string): Promise<string> {
  const raw = join(folder, 'disk.raw');
  const { file } = await tinyRevision();
  await exec('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', file, raw]);
  await exec('zstd', ['-q', '--rm', '-9', raw], { timeoutMs: 600_000 });
  return `${raw}.zst`;
}

const plainLoad = `wget -q -O - http://${imageServerAddress}/disk | zstd -dc | dd of=/dev/vda bs=1M 2>/dev/null
sync
reboot -f
`;

/** As `load`, without us. */
export async function loadPlain(pool: MetalPool, node: BareNode, disk: string): Promise<number> {
  const server = await servePlain(pool, node, { script: plainLoad, files: { disk } });
  const began = performance.now();
  await node.powerOn('once');
  await waitForBanner(node.port, AbortSignal.timeout(patience.totalMs));
  const seconds = (performance.now() - began) / 1000;
  await node.powerOff();
  await server.close();
  return seconds;
}

function figuresOf(
  times: Record<'plain' | 'ours' | 'netroot', number[]>,
  rounds: readonly JobDone['phases'][],
): Figure[] {
  const names = rounds[0]?.map(({ phase }) => phase) ?? [];
  const lengths = names.slice(1).map((name, index) => ({
    name: `  ${names[index]} to ${name}`,
    value: middle(
      rounds.map(
        (phases) => ((phases[index + 1]?.at ?? Number.NaN) - (phases[index]?.at ?? Number.NaN)) / 1000,
      ),
    ),
    unit: 's',
  }));
  return [
    { name: 'plain wget | zstd -d | dd: power on to SSH', value: middle(times.plain), unit: 's' },
    { name: 'disk: power on to SSH, median', value: middle(times.ours), unit: 's' },
    ...lengths,
    {
      name: 'disk: ratio to plain',
      value: middle(times.ours) / middle(times.plain),
      unit: 'x',
      against: 'at most 1.15',
    },
    { name: 'netroot: power on to SSH, median', value: middle(times.netroot), unit: 's' },
    {
      name: 'netroot: ratio to disk',
      value: middle(times.netroot) / middle(times.ours),
      unit: 'x',
      against: 'at most 0.6',
    },
  ];
}
