import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:http';
import { forkProgram } from '../test/helpers/fork-program.ts';
import type { BookServerCounts, BookServerReady } from './book-server.ts';
import { type Figure, share } from './figure.ts';

/** A real Apache VCL on a machine of this kind, XMLRPCaddRequest: 16.6 ms alone, 109.4 a second with eight clients, 98 statements. */
const vcl = { alone: '16.6 ms', eight: '109.4 a second', statements: '98' };
const perRound = 500;
const rounds = [1, 4, 8] as const;

/** Booking through HTTP with a student's limits, one client alone and several at once; each student books once. */
export async function book(): Promise<Figure[]> {
  const { server, port, tokens } = await serveBookings((rounds.length + 1) * perRound);
  const figures: Figure[] = [];
  await round(port, tokens.splice(0, perRound), 4);
  for (const clients of rounds) {
    const before = await counts(server);
    const { times, seconds } = await round(port, tokens.splice(0, perRound), clients);
    const after = await counts(server);
    figures.push(...figuresOf(clients, times, seconds));
    if (clients === 1) {
      figures.push({
        name: 'statements per booking',
        value: (after.statements - before.statements) / perRound,
        unit: '',
        against: `Apache VCL ${vcl.statements}`,
      });
    }
    const each = (key: keyof BookServerCounts) => (after[key] - before[key]) / perRound;
    figures.push({ name: `${clients} at once: commits per booking`, value: each('commits'), unit: '' });
    figures.push({
      name: `${clients} at once: server's CPU per booking`,
      value: each('cpu'),
      unit: 'ms',
      against: 'Apache VCL 15.0 ms',
    });
  }
  server.kill();
  return figures;
}

/** The site that is booked at: with so many students, nodes and bookings. */
export async function serveBookings(
  ...wanted: number[]
): Promise<BookServerReady & { server: ChildProcess }> {
  const execArgv = process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));
  const server = forkProgram(new URL('./book-server.ts', import.meta.url), wanted.map(String), { execArgv });
  return { server, ...((await answer(server)) as BookServerReady) };
}

function figuresOf(clients: number, times: readonly number[], seconds: number): Figure[] {
  const at = (part: number) => share(times, part);
  const against = clients === 1 ? { against: `Apache VCL ${vcl.alone}` } : {};
  const rate = clients === 8 ? { against: `Apache VCL ${vcl.eight}` } : {};
  return [
    { name: `${clients} at once: one booking, median`, value: at(0.5), unit: 'ms', ...against },
    { name: `${clients} at once: one booking, p95`, value: at(0.95), unit: 'ms' },
    { name: `${clients} at once: bookings per second`, value: times.length / seconds, unit: '/s', ...rate },
  ];
}

async function answer(server: ChildProcess): Promise<unknown> {
  const [message] = (await once(server, 'message')) as [unknown];
  return message;
}

export async function counts(server: ChildProcess): Promise<BookServerCounts> {
  server.send('counts');
  return (await answer(server)) as BookServerCounts;
}

/** Each of these tokens once, by so many clients at a time. */
export async function round(
  port: number,
  tokens: string[],
  clients: number,
  once: typeof bookOnce = bookOnce,
): Promise<{ times: number[]; seconds: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  const began = performance.now();
  const client = async () => {
    for (let token = tokens.pop(); token !== undefined; token = tokens.pop())
      times.push(await once(agent, port, token));
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { times, seconds: (performance.now() - began) / 1000 };
}

const body = JSON.stringify({ image: 'simulated', minutes: 60 });

function bookOnce(agent: Agent, port: number, token: string): Promise<number> {
  return sendOnce({ agent, port, path: '/api/v1/reservations', method: 'POST' }, token, body);
}

/** Milliseconds from sending to the whole answer; rejects unless it is a good one. */
export function sendOnce(to: RequestOptions, token: string, body = ''): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const sent = request({ ...to, host: '127.0.0.1', headers }, (answered) => {
      let said = '';
      answered.setEncoding('utf8').on('data', (part: string) => {
        said += part;
      });
      answered.on('end', () => {
        if ((answered.statusCode ?? 500) < 300) resolve(performance.now() - began);
        else reject(new Error(`${answered.statusCode}: ${said}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
