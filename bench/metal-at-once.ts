import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metalFiles } from '../modules/provisioning/shared/metal/metal-files.ts';
import { prepareStream } from '../modules/provisioning/shared/metal/stream.ts';
import { exec } from '../src/lib/exec.ts';
import { type BareNode, makeBareNode } from '../test/helpers/bare-node.ts';
import { imageAgent } from '../test/helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../test/helpers/metal-pool.ts';
import { tinyRevision } from '../test/helpers/tiny-image.ts';
import type { Figure } from './figure.ts';
import { load, loadPlain, plainStream } from './metal.ts';

const machines = 8;

/** Eight emulated machines that are loaded with tiny at the same time, beside the plain thing (metal.ts) on the same eight. */
export async function metalAtOnce(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const pool = await makeMetalPool();
  const nodes: BareNode[] = [];
  try {
    for (let n = 1; n <= machines; n++) {
      const mac = `52:54:00:bc:00:0${n}`;
      nodes.push(await makeBareNode({ sockets: pool.sockets, mac, diskMb: 2048 }));
    }
    const { signal } = new AbortController();
    const stream = await prepareStream({ directory: pool.directory, signal }, await tinyRevision());
    const raw = await plainStream(folder);
    const plain = await Promise.all(nodes.map((node) => loadPlain(pool, node, raw)));

    await pool.serve(await imageAgent());
    const jobs = await Promise.all(
      nodes.map(async (node) => ({ node, job: await pool.job(node.mac, stream) })),
    );
    await forgetPages(stream.body);
    const before = await readFromDisk(pool);
    const runs = await Promise.all(jobs.map(({ node, job }) => load(pool, node, job)));
    const read = (await readFromDisk(pool)) - before;
    return figuresOf(
      plain,
      runs.map(({ seconds }) => seconds),
      { read, bytes: stream.bytes },
    );
  } finally {
    for (const node of nodes) await node.powerOff();
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf(
  plain: readonly number[],
  ours: readonly number[],
  { read, bytes }: { read: number; bytes: number },
): Figure[] {
  const [all, reference] = [Math.max(...ours), Math.max(...plain)];
  const spread = (times: readonly number[]) => Math.max(...times) / Math.min(...times);
  return [
    { name: `plain: ${machines} machines at once, power on to SSH`, value: reference, unit: 's' },
    { name: `${machines} machines at once, power on to SSH`, value: all, unit: 's' },
    { name: '  ratio to plain', value: all / reference, unit: 'x', against: 'at most 1.2' },
    {
      ...{ name: '  slowest to fastest of them', value: spread(ours), unit: 'x' },
      against: `plain: ${spread(plain).toFixed(2)}`,
    },
    {
      ...{ name: '  read from the disk for it', value: read / 1e6, unit: 'MB' },
      against: `the image as it is sent: ${(bytes / 1e6).toFixed(1)} MB, once`,
    },
  ];
}

/** What the computer has of the file in its memory goes: open(2) by dd's `nocache`. */
async function forgetPages(file: string): Promise<void> {
  await exec('sync', [file]);
  await exec('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

/** Bytes that the image server had to have from a disk so far: proc(5), io. */
async function readFromDisk(pool: MetalPool): Promise<number> {
  const { pid } = JSON.parse(await readFile(metalFiles(pool.directory).serverProcess, 'utf8')) as {
    pid: number;
  };
  return Number(/^read_bytes: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1]);
}
