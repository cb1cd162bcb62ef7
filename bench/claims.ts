import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { forkProgram } from '../test/helpers/fork-program.ts';
import type { ClaimsEnd, ClaimsReady } from './claims-server.ts';
import { type Figure, share } from './figure.ts';

const seats = 350;

/** Students take their seats of a class through HTTP, while the daemon hands them over: within a minute, and all in the same moment. */
export async function claims(): Promise<Figure[]> {
  return [...(await claimed('within a minute', 60_000)), ...(await claimed('at once', 0))];
}

async function claimed(how: string, within: number): Promise<Figure[]> {
  const server = forkProgram(new URL('./claims-server.ts', import.meta.url), [String(seats)]);
  try {
    const [{ port, tokens, dateId, cpu: before }] = (await once(server, 'message')) as [ClaimsReady];
    const agent = new Agent({ keepAlive: true });
    const began = performance.now();
    const taken = await Promise.all(
      tokens.map(async (token, index) => {
        await setTimeout((within * index) / seats);
        return claimOnce(agent, port, token, dateId);
      }),
    );
    agent.destroy();
    if (new Set(taken.map(({ id }) => id)).size !== seats) throw new Error('two were given one seat');
    server.send('end');
    const [{ wrong, cpu }] = (await once(server, 'message')) as [ClaimsEnd];
    if (wrong !== '') throw new Error(wrong);
    const ready = performance.now() - began;
    const times = taken.map(({ milliseconds }) => milliseconds);
    const of = `one of ${seats} claims ${how}`;
    return [
      { name: `${of}, median`, value: share(times, 0.5), unit: 'ms' },
      { name: `${of}, p95`, value: share(times, 0.95), unit: 'ms' },
      { name: `${of}, the slowest`, value: Math.max(...times), unit: 'ms', against: 'the goal: 5,000 ms' },
      {
        name: `${how}, the server’s CPU for a claim and its machine`,
        value: (cpu - before) / seats,
        unit: 'ms',
      },
      { name: `${how}, until every machine was ready`, value: ready, unit: 'ms' },
    ];
  } finally {
    server.kill();
  }
}

interface Taken {
  readonly id: number;
  readonly milliseconds: number;
}

/** Rejects unless it is 200. */
function claimOnce(agent: Agent, port: number, token: string, dateId: number): Promise<Taken> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const path = `/api/v1/classes/${dateId}/claim`;
    const sent = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (answered) => {
      let said = '';
      answered.setEncoding('utf8').on('data', (part: string) => {
        said += part;
      });
      answered.on('end', () => {
        if (answered.statusCode !== 200) return reject(new Error(`${answered.statusCode}: ${said}`));
        const { reservationId: id } = JSON.parse(said) as { reservationId: number };
        return resolve({ id, milliseconds: performance.now() - began });
      });
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}
