/** Eight machines that read one image from the image server at the same time, beside the same bytes one after the other. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metalFiles } from '../modules/provisioning/shared/metal/metal-files.ts';
import { prepareStream, type StreamManifest } from '../modules/provisioning/shared/metal/stream.ts';
import { saidInventory, type TestAgent, testAgent } from '../test/helpers/metal-agent.ts';
import { type MetalPool, makeMetalPool } from '../test/helpers/metal-pool.ts';
import { tinyRevision } from '../test/helpers/tiny-image.ts';
import type { Figure } from './figure.ts';

const machines = 8;

interface Reading {
  readonly agent: TestAgent;
  readonly token: string;
}

export async function metalAtOnce(): Promise<readonly Figure[]> {
  const pool = await makeMetalPool();
  try {
    const never = new AbortController().signal;
    const revision = await tinyRevision();
    const prepare = () => prepareStream({ directory: pool.directory, signal: never }, revision);
    const [stream] = (await Promise.all(Array.from({ length: machines }, prepare))) as [StreamManifest];
    const readings = await begin(pool, stream);
    const [first] = readings as [Reading];
    await read(first);
    const oneByOne = await seconds(async () => {
      for (const _ of readings) await read(first);
    });
    const before = await readFromDisk(pool);
    const began = performance.now();
    const ends = await Promise.all(
      readings.map(async (reading) => {
        await read(reading);
        return (performance.now() - began) / 1000;
      }),
    );
    const fromDisk = (await readFromDisk(pool)) - before;
    const [all, earliest] = [Math.max(...ends), Math.min(...ends)];
    return [
      {
        ...{ name: `${machines} machines read one image at once`, value: all, unit: 's' },
        against: `the same bytes one after the other: ${oneByOne.toFixed(2)} s; at most 1.2 of it`,
      },
      { name: '  slowest to fastest of them', value: all / earliest, unit: 'x' },
      {
        ...{ name: '  read from the disk for it', value: fromDisk / 1e6, unit: 'MB' },
        against: `${((machines * stream.bytes) / 1e6).toFixed(0)} MB went over the wire`,
      },
    ];
  } finally {
    await pool.close();
  }
}

async function begin(pool: MetalPool, stream: StreamManifest): Promise<Reading[]> {
  const macs = Array.from({ length: machines }, (_, n) => `52:54:00:bc:00:0${n + 1}`);
  for (const mac of macs) await mkdir(join(pool.sockets, mac.replaceAll(':', '-')));
  await pool.serve();
  const readings: Reading[] = [];
  for (const mac of macs) {
    await pool.job(mac, stream);
    const agent = testAgent(pool.sockets, { mac });
    const token = await agent.token();
    await agent.post('/agent/job', saidInventory(), token);
    readings.push({ agent, token });
  }
  return readings;
}

async function read({ agent, token }: Reading): Promise<void> {
  const { status } = await agent.get('/agent/stream', token);
  if (status !== 200) throw new Error(`the image server answered ${status}`);
}

/** Bytes that the image server had to have from a disk so far: proc(5), io. */
async function readFromDisk(pool: MetalPool): Promise<number> {
  const { pid } = JSON.parse(await readFile(metalFiles(pool.directory).serverProcess, 'utf8')) as {
    pid: number;
  };
  return Number(/^read_bytes: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
