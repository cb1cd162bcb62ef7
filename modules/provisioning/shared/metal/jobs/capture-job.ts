/** Reading the machine's disk: what is used of it, as one stream that comes in pieces. Nothing is written to the machine. */
import { open, stat, statfs } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { readText, sendFile, sendText } from '../../../../../src/lib/http-server.ts';
import { blocksOf, type SectorRange } from '../../../../../src/lib/images/captured-disk.ts';
import { sectorBytes } from '../../../../../src/lib/images/disk-sectors.ts';
import { blockBytes, type Extent } from '../../../../../src/lib/images/disk-stream.ts';
import { diskOf, megabytes } from '../fits.ts';
import { readConfig } from '../image-server/config.ts';
import { Refused } from '../image-server/refused.ts';
import { readJson } from '../read-json.ts';
import { jobBase, jobFile } from './job-base.ts';
import { type Asked, defineJobKind, Unfit } from './job-kind.ts';
import { appendReport } from './job-log.ts';

const schema = jobBase.extend({ action: z.literal('capture') });
export type CaptureJob = z.output<typeof schema>;

const extentsSchema = z.array(z.tuple([z.number(), z.number()]));
const sentSchema = z.object({ bytes: z.coerce.number(), sha256: z.string() });

/** A disk of many small files has many parts that are used. */
const mostUsed = 32 * 1024 * 1024;

export const captureJob = defineJobKind({
  schema,
  phases: {
    mapping: {
      step: 'looking for what is used',
      silence: 'stopped while it was looked up what is used of its disk',
    },
    saving: { step: 'saving the disk', silence: 'stopped while its disk was being read' },
  },
  done: 'the disk is read',

  async orders(_directory, _job, machine) {
    const disk = diskOf(machine);
    if (disk === null) throw new Unfit('it has no disk of its own that could be read');
    return await Promise.resolve({ DISK: disk.name });
  },

  async serve(door, asked) {
    const { directory, response } = asked;
    if (door === 'GET /agent/tools') await sendFile(response, (await readConfig(directory)).captureTools);
    else if (door === 'POST /agent/used') await takeUsed(asked);
    else if (door === 'POST /agent/piece') await takePiece(asked);
    else if (door === 'POST /agent/sent') await takeSent(asked);
    else return false;
    return true;
  },
});

/** What the agent sent in the end, as it lies here, and what it says of it. */
export interface Sent {
  readonly body: string;
  readonly extents: readonly Extent[];
  readonly bytes: number;
  readonly sha256: string;
}

/** Null: nothing whole. */
export async function readSent(directory: string, job: CaptureJob): Promise<Sent | null> {
  const file = (name: string) => jobFile(directory, job, name);
  const extents = await readJson(file('extents'), extentsSchema);
  const sent = await readJson(file('sent'), sentSchema);
  return extents && sent ? { body: file('body'), extents, ...sent } : null;
}

/** Lines of sectors, first and number; answered with the blocks that are wanted for them. Refused when there is no room. */
async function takeUsed(asked: Asked<CaptureJob>): Promise<void> {
  const { directory, job, request, response } = asked;
  const said = await readText(request, mostUsed);
  const used = said.split('\n').flatMap((line): SectorRange[] => {
    const [, first, sectors] = /^(\d{1,15}) (\d{1,15})$/.exec(line) ?? [];
    return Number(sectors) > 0 ? [[Number(first), Number(sectors)]] : [];
  });
  // Whoever claims more than can be is refused before that is looked at in blocks.
  await checkRoom(
    asked,
    used.reduce((sum, [, sectors]) => sum + sectors * sectorBytes, 0),
  );
  const extents = blocksOf(used);
  await checkRoom(asked, bytesOf(extents));
  await writeFileAtomic(jobFile(directory, job, 'extents'), JSON.stringify(extents));
  sendText(response, 200, extents.map((extent) => `${extent.join(' ')}\n`).join(''));
}

/** For the blocks as they are and packed, while both lie here, and for the image that is made of them. */
async function checkRoom(asked: Asked<CaptureJob>, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(asked.directory);
  const [needed, free] = [2 * bytes, bavail * bsize];
  if (needed > free) {
    await failFor(
      asked,
      `there is no room for its disk on the server: up to ${megabytes(needed)} MB are needed, and ${megabytes(free)} MB are free`,
    );
  }
}

/** `at`: its first byte in the stream. One that came already is taken again; one that leaves a gap is refused. */
async function takePiece(asked: Asked<CaptureJob>): Promise<void> {
  const { directory, job, request, response, url } = asked;
  const at = Number(url.searchParams.get('at'));
  const body = jobFile(directory, job, 'body');
  const { size } = await stat(body).catch(() => ({ size: 0 }));
  if (!(at >= 0 && at <= size))
    throw new Refused(409, `there are ${size} bytes: the next piece is at ${size}`);
  const file = await open(body, size === 0 ? 'w' : 'r+', 0o600);
  try {
    let end = at;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      await file.write(chunk, 0, chunk.length, end);
      end += chunk.length;
    }
    await file.truncate(end);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      await failFor(asked, 'there is no room left for its disk on the server');
    throw error;
  } finally {
    await file.close();
  }
  await sayHowFar(asked);
  sendText(response, 200, 'ok\n');
}

async function sayHowFar({ directory, job, url }: Asked<CaptureJob>): Promise<void> {
  const extents = (await readJson(jobFile(directory, job, 'extents'), extentsSchema)) ?? [];
  const read = Number(url.searchParams.get('read')) * blockBytes;
  const fraction = Math.min(1, read / bytesOf(extents)) || 0;
  await appendReport(directory, job, { phase: 'saving', fraction });
}

async function takeSent({ directory, job, request, response, url }: Asked<CaptureJob>): Promise<void> {
  await readText(request, 1024);
  const sent = sentSchema.parse(Object.fromEntries(url.searchParams));
  await writeFileAtomic(jobFile(directory, job, 'sent'), JSON.stringify(sent));
  sendText(response, 200, 'ok\n');
}

/** The agent is told, and so is who waits for its job. */
async function failFor({ directory, job }: Asked<CaptureJob>, says: string): Promise<never> {
  await appendReport(directory, job, { phase: 'failed', code: 'room', says });
  throw new Refused(409, says);
}

function bytesOf(extents: readonly Extent[]): number {
  return extents.reduce((sum, [, blocks]) => sum + blocks * blockBytes, 0);
}
