/** Trying out a machine without writing to any of its disks: its memory, its disks as they can be read, its network. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readText, sendText } from '../../../../../src/lib/http-server.ts';
import { jobBase } from './job-base.ts';
import { type Asked, defineJobKind } from './job-kind.ts';
import { appendReport } from './job-log.ts';

const schema = jobBase.extend({
  action: z.literal('inspect'),
  /** How long each is tried; 0: not at all. */
  seconds: z.object({ memory: z.number(), disk: z.number(), network: z.number() }),
});
export type InspectJob = z.output<typeof schema>;

/** The phase that the agent's measurements stand under in the job's log; it is none of the work's. */
export const measured = 'measured';

export const inspectJob = defineJobKind({
  schema,
  phases: {
    processor: { step: 'measuring the processor', silence: 'stopped while its processor was measured' },
    memory: { step: 'burning in the memory', silence: 'stopped while its memory was burnt in' },
    disk: { step: 'reading the disks', silence: 'stopped while its disks were read' },
    network: { step: 'burning in the network', silence: 'stopped while its network was burnt in' },
  },
  done: 'it was inspected',

  async orders(_directory, { seconds }) {
    return {
      MEMORY_SECONDS: seconds.memory,
      DISK_SECONDS: seconds.disk,
      NETWORK_SECONDS: seconds.network,
    };
  },

  async serve(door, asked) {
    if (door === 'POST /agent/measured') await keep(asked);
    else if (door === 'GET /agent/noise') await send(asked);
    else return false;
    return true;
  },
});

async function keep({ directory, job, request, response }: Asked<InspectJob>): Promise<void> {
  const says = (await readText(request, 4096)).replaceAll(/[^\x20-\x7e]/g, ' ').trim();
  await appendReport(directory, job, { phase: measured, says });
  sendText(response, 200, 'ok\n');
}

const block = Buffer.alloc(256 * 1024, 'labrador');

/** As much as the machine takes in the time that it has for it. */
async function send({ job, response }: Asked<InspectJob>): Promise<void> {
  const until = performance.now() + (job.seconds.network + 5) * 1000;
  function* blocks() {
    while (performance.now() < until) yield block;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  await pipeline(Readable.from(blocks(), { objectMode: false, highWaterMark: block.length }), response);
}
