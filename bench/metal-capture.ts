import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { stopImageServer } from '../modules/provisioning/shared/metal/ensure-image-server.ts';
import { followProgress } from '../modules/provisioning/shared/metal/follow-progress.ts';
import { type CaptureJob, readSent } from '../modules/provisioning/shared/metal/jobs/capture-job.ts';
import { writeJob } from '../modules/provisioning/shared/metal/jobs/job.ts';
import { prepareStream } from '../modules/provisioning/shared/metal/stream.ts';
import { exec } from '../src/lib/exec.ts';
import { writeCapturedDisk } from '../src/lib/images/captured-disk.ts';
import { blockBytes } from '../src/lib/images/disk-stream.ts';
import { type BareNode, imageServerAddress, makeBareNode } from '../test/helpers/bare-node.ts';
import { debianRevision } from '../test/helpers/debian-image.ts';
import { imageAgent } from '../test/helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../test/helpers/metal-pool.ts';
import { type Figure, middle } from './figure.ts';
import { servePlain, socketFolder } from './plain-machine.ts';

const rounds = 3;
const diskMb = 8192;
const { signal } = new AbortController();
const patience = { stillMs: 1_200_000, totalMs: 3_600_000 };

interface Read {
  readonly seconds: number;
  /** What came over the wire. */
  readonly bytes: number;
}

/**
 * A machine whose disk holds Debian is read by the imaging agent, from power on to off, beside plain `partclone | zstd` on the
 * same machine. They take turns. And how many bytes a load of the same disk moves.
 */
export async function metalCapture(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const pool = await makeMetalPool();
  const node = await makeBareNode({ sockets: pool.sockets, mac: '52:54:00:bd:00:01', diskMb });
  const revision = await debianRevision();
  const [plain, ours, unpacking]: [Read[], Read[], number[]] = [[], [], []];
  try {
    await exec('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', revision.file, node.disk]);
    const stream = await prepareStream({ directory: pool.directory, signal }, revision);
    const used = stream.extents.reduce((sum, [, blocks]) => sum + blocks, 0) * blockBytes;
    for (let round = 0; round < rounds; round++) {
      plain.push(await readPlain(pool, node, join(folder, 'plain')));
      const { unpacked, ...read } = await readByAgent(pool, node, join(folder, 'raw'));
      ours.push(read);
      unpacking.push(unpacked);
    }
    return figuresOf({ plain, ours, unpacking, used, bytes: stream.bytes });
  } finally {
    await node.powerOff();
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const plainRead = `cd /run
wget -q -O - http://${imageServerAddress}/tools | zstd -dcq >tools && (cd / && cpio -idm) <tools 2>/dev/null
for part in /dev/vda?*; do partclone.extfs -q -c -s $part -o - -L log </dev/null 2>/dev/null; done |
  zstd -1 -cq | nc ${imageServerAddress} 10809
poweroff -f
`;

/** What the machine sends goes to a file by its second way to us, until it ends. */
async function readPlain(pool: MetalPool, node: BareNode, file: string): Promise<Read> {
  const { captureTools } = await imageAgent();
  const boot = await servePlain(pool, node, { script: plainRead, files: { tools: captureTools } });
  const socket = join(socketFolder(pool, node), 'nbd.sock');
  await rm(socket, { force: true });
  const sink = createServer((from) => void pipeline(from, createWriteStream(file)).catch(() => undefined));
  await new Promise<void>((listens) => sink.listen(socket, listens));
  const seconds = await untilOff(node);
  await boot.close();
  await new Promise((closed) => sink.close(closed));
  return { seconds, bytes: (await stat(file)).size };
}

async function readByAgent(
  pool: MetalPool,
  node: BareNode,
  file: string,
): Promise<Read & { unpacked: number }> {
  const { directory } = pool;
  await pool.serve(await imageAgent());
  const wanted = { artefact: 'bench-n1-l1', node: 'metal1', mac: node.mac, action: 'capture' as const };
  const expiresAt = Date.now() + patience.totalMs;
  const job = await writeJob<CaptureJob>(directory, { ...wanted, expiresAt });
  const [seconds] = await Promise.all([
    untilOff(node),
    followProgress(job, { directory, signal, progress: () => undefined, patience }),
  ]);
  const sent = await readSent(directory, job);
  if (!sent) throw new Error('nothing whole was sent');
  const began = performance.now();
  await writeCapturedDisk({ ...sent, diskSectors: diskMb * 2048 }, file, signal);
  const unpacked = (performance.now() - began) / 1000;
  await stopImageServer(directory);
  return { seconds, bytes: sent.bytes, unpacked };
}

async function untilOff(node: BareNode): Promise<number> {
  const began = performance.now();
  await node.powerOn('once');
  await node.off(AbortSignal.timeout(patience.totalMs));
  return (performance.now() - began) / 1000;
}

function figuresOf(of: {
  readonly plain: readonly Read[];
  readonly ours: readonly Read[];
  readonly unpacking: readonly number[];
  readonly used: number;
  readonly bytes: number;
}): Figure[] {
  const seconds = (reads: readonly Read[]) => middle(reads.map((read) => read.seconds));
  const megabytes = (reads: readonly Read[]) => middle(reads.map(({ bytes }) => bytes / 1e6));
  const [plain, ours] = [seconds(of.plain), seconds(of.ours)];
  const most = (180 * of.used) / 454e6;
  return [
    { name: 'Debian: used of its disk', value: of.used / 1e6, unit: 'MB' },
    {
      ...{ name: '  bytes moved by a load', value: of.bytes / 1e6, unit: 'MB' },
      against: `180 MB of 454 that are used: at most ${most.toFixed(0)}`,
    },
    {
      ...{ name: '  bytes moved by a capture', value: megabytes(of.ours), unit: 'MB' },
      against: `plain: ${megabytes(of.plain).toFixed(0)} MB`,
    },
    { name: 'plain partclone | zstd: power on to off, median', value: plain, unit: 's' },
    { name: 'capture: power on to off, median', value: ours, unit: 's' },
    { name: '  ratio to plain', value: ours / plain, unit: 'x' },
    { name: '  unpacked on the server afterwards', value: middle(of.unpacking), unit: 's' },
  ];
}
