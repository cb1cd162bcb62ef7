import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImageFile } from '../modules/provisioning/shared/image-file.ts';
import { stopImageServer } from '../modules/provisioning/shared/metal/ensure-image-server.ts';
import { followProgress, type JobDone } from '../modules/provisioning/shared/metal/follow-progress.ts';
import type { Job } from '../modules/provisioning/shared/metal/jobs/kinds.ts';
import { writeNetrootJob } from '../modules/provisioning/shared/metal/jobs/write-netroot-job.ts';
import { removeLoadFolder } from '../modules/provisioning/shared/metal/load-record.ts';
import { makeOverlay } from '../modules/provisioning/shared/metal/netroot/overlay.ts';
import { prepareStream, type StreamManifest } from '../modules/provisioning/shared/metal/stream.ts';
import { exec } from '../src/lib/exec.ts';
import { listenHttp, sendFile, sendText } from '../src/lib/http-server.ts';
import { packCpio, program } from '../src/lib/images/cpio-archive.ts';
import { seedFiles } from '../src/lib/images/seed.ts';
import { type BareNode, imageServerAddress, makeBareNode } from '../test/helpers/bare-node.ts';
import { imageAgent } from '../test/helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../test/helpers/metal-pool.ts';
import { waitForBanner } from '../test/helpers/ssh-banner.ts';
import { testIdentity } from '../test/helpers/test-identity.ts';
import { tinyRevision } from '../test/helpers/tiny-image.ts';
import { type Figure, middle } from './figure.ts';
import { metalAtOnce } from './metal-at-once.ts';

const rounds = 3;
const never = new AbortController().signal;
const patience = { stillMs: 300_000, totalMs: 600_000 };

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
      times.plain.push(await plain(pool, node, folder, raw));
      const { seconds, done } = await ours(pool, node, () => pool.job(node.mac, stream));
      times.ours.push(seconds);
      times.netroot.push((await ours(pool, node, () => netrootJob(pool, node))).seconds);
      phases.push(done.phases);
    }
    return [...figuresOf(times, phases, stream), ...(await metalAtOnce())];
  } finally {
    await node.powerOff();
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function ours(
  pool: MetalPool,
  node: BareNode,
  writeJob: () => Promise<Job>,
): Promise<{ seconds: number; done: JobDone }> {
  await pool.serve(await imageAgent());
  const job = await writeJob();
  const began = performance.now();
  await node.powerOn('once');
  const powered = { phase: 'power on', at: Date.now() };
  const done = await followProgress(job, {
    directory: pool.directory,
    signal: never,
    progress: () => undefined,
    patience,
  });
  await waitForBanner(node.port, AbortSignal.timeout(patience.stillMs));
  const seconds = (performance.now() - began) / 1000;
  const phases = [powered, ...done.phases, { phase: 'SSH', at: Date.now() }] as JobDone['phases'];
  await node.powerOff();
  if (job.action === 'netroot') await removeLoadFolder(job.folder);
  await stopImageServer(pool.directory);
  return { seconds, done: { ...done, phases } };
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

async function plainStream(folder: string): Promise<string> {
  const raw = join(folder, 'disk.raw');
  const { file } = await tinyRevision();
  await exec('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', file, raw]);
  await exec('zstd', ['-q', '--rm', '-9', raw], { timeoutMs: 600_000 });
  return `${raw}.zst`;
}

const plainInit = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
modprobe -a virtio_pci virtio_blk virtio_net
until [ -e /sys/class/net/eth0 ] && [ -b /dev/vda ]; do usleep 50000; done
ip link set eth0 up
udhcpc -q -n -i eth0 -s /bin/dhcp >/dev/null 2>&1
wget -q -O - http://${imageServerAddress}/disk | zstd -dc | dd of=/dev/vda bs=1M 2>/dev/null
sync
reboot -f
`;

async function plain(pool: MetalPool, node: BareNode, folder: string, raw: string): Promise<number> {
  const { kernel, initramfs } = await imageAgent();
  const archive = join(folder, 'initramfs');
  // The kernel unpacks one archive after the other; each begins at a multiple of four.
  const system = await readFile(initramfs);
  const padding = Buffer.alloc((4 - (system.length % 4)) % 4);
  await writeFile(
    archive,
    Buffer.concat([system, padding, packCpio([program('init', Buffer.from(plainInit))])]),
  );
  const files: Readonly<Record<string, string>> = { '/kernel': kernel, '/initramfs': archive, '/disk': raw };
  const base = `http://${imageServerAddress}`;
  const script = `#!ipxe\nkernel ${base}/kernel initrd=plain console=ttyS0 quiet\ninitrd --name plain ${base}/initramfs\nboot\n`;
  const socket = join(pool.sockets, node.mac.replaceAll(':', '-'), 'image.sock');
  const server = await listenHttp(
    { socket },
    async ({ url = '' }, response) => {
      const file = files[url];
      if (file) await sendFile(response, file);
      else sendText(response, 200, script);
    },
    () => undefined,
  );
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
  stream: StreamManifest,
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
    { name: 'bytes on the wire', value: stream.bytes / 1e6, unit: 'MB' },
  ];
}
