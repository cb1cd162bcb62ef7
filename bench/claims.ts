import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { forkProgram } from '../test/helpers/fork-program.ts';
import type { ClaimsEnd, ClaimsReady } from './claims-server.ts';
import { type Figure, share } from './figure.ts';

const seats = 350;

/** 350 students take their seats of a class through HTTP all at once, while the daemon hands them over. */
export async function claims(): Promise<Figure[]> {
  const server = forkProgram(new URL('./claims-server.ts', import.meta.url), [String(seats)]);
  try {
    const [ready] = (await once(server, 'message')) as [ClaimsReady];
    const { port, tokens, dateId } = ready;
    const agent = new Agent({ keepAlive: true });
    const began = performance.now();
    const taken = await Promise.all(tokens.map((token) => claimOnce(agent, port, token, dateId)));
    const claimed = performance.now() - began;
    agent.destroy();
    if (new Set(taken.map(({ id }) => id)).size !== seats) throw new Error('two were given one seat');
    server.send('end');
    const [{ wrong }] = (await once(server, 'message')) as [ClaimsEnd];
    if (wrong !== '') throw new Error(wrong);
    const times = taken.map(({ milliseconds }) => milliseconds);
    const goal = 'the goal: 5,000 ms';
    return [
      { name: `one of ${seats} claims at once, median`, value: share(times, 0.5), unit: 'ms' },
      { name: `one of ${seats} claims at once, p95`, value: share(times, 0.95), unit: 'ms' },
      { name: `${seats} claims at once, the last`, value: claimed, unit: 'ms', against: goal },
      { name: 'until every machine was ready', value: performance.now() - began, unit: 'ms' },
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
