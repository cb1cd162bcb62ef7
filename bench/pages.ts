/** What pages cost on a large installation while two hundred students have a machine each and its Home open. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { forkProgram } from '../test/helpers/fork-program.ts';
import { type Figure, share } from './figure.ts';
import type { PagesServerCounts, PagesServerReady } from './pages-server.ts';

interface Asked {
  readonly name: string;
  readonly path: string;
  readonly goal?: string;
}

const perStudent = 5;
const perPage = 20;
const reference: Asked = { name: 'Help (the same journey, nothing looked up)', path: '/help' };
const ofStudents: readonly Asked[] = [reference, { name: 'Home', path: '/', goal: 'p99 under 20 ms' }];
const ofAdministrator: readonly Asked[] = [
  reference,
  { name: 'Environments, 1,000 images', path: '/environments' },
  { name: 'Nodes, 10,000', path: '/nodes', goal: 'under 100 ms' },
  { name: 'Nodes by holder', path: '/nodes?sort=user' },
  { name: 'Nodes, the last page', path: '/nodes?page=100' },
  { name: 'Nodes, searched', path: '/nodes?search=student17' },
  { name: 'Nodes as 500 tiles', path: '/nodes/tiles' },
  { name: 'Nodes, 1,000 as JSON', path: '/api/v1/nodes?limit=1000' },
  { name: 'Nodes, 10,000 as CSV', path: '/nodes?format=csv' },
  { name: 'Tasks, 100,000', path: '/tasks' },
  { name: 'Events, 1,000,000', path: '/events' },
  { name: 'Events of a person', path: '/events?person=student17' },
  { name: 'Images, 1,000', path: '/images' },
  { name: 'Needs attention', path: '/attention' },
  { name: 'Search', path: '/search?q=bench77' },
  { name: 'Metrics', path: '/metrics' },
];

export async function pages(): Promise<Figure[]> {
  const execArgv = process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));
  const server = forkProgram(new URL('./pages-server.ts', import.meta.url), [], { execArgv });
  const { port, students, administrator } = (await answer(server)) as PagesServerReady;
  const streams = await Promise.all(students.map((secret) => openHome(port, secret)));
  const everybody = Array.from({ length: perStudent }, () => students).flat();
  const admin = Array.from({ length: perPage }, () => administrator);
  const figures: Figure[] = [];
  for (const [asked, people] of [
    ...ofStudents.map((one) => [one, everybody] as const),
    ...ofAdministrator.map((one) => [one, admin] as const),
  ])
    figures.push(...(await measure(server, port, asked, people)));
  for (const stream of streams) stream.destroy();
  server.kill();
  return figures;
}

/** One after the other, each by somebody. */
async function measure(
  server: ChildProcess,
  port: number,
  asked: Asked,
  people: readonly string[],
): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  let bytes = 0;
  const before = await counts(server);
  for (const secret of people) {
    const began = performance.now();
    bytes = await lengthOf(agent, port, asked.path, secret);
    times.push(performance.now() - began);
  }
  const after = await counts(server);
  agent.destroy();
  const goal = asked.goal === undefined ? {} : { against: asked.goal };
  const statements = (after.statements - before.statements) / people.length;
  return [
    { name: `${asked.name}: median`, value: share(times, 0.5), unit: 'ms' },
    { name: `${asked.name}: p99`, value: share(times, 0.99), unit: 'ms', ...goal },
    { name: `${asked.name}: processor time`, value: (after.cpu - before.cpu) / people.length, unit: 'ms' },
    { name: `${asked.name}: statements, the daemon's too`, value: statements, unit: '' },
    { name: `${asked.name}: size`, value: bytes / 1024, unit: 'KB' },
  ];
}

async function lengthOf(agent: Agent, port: number, path: string, secret: string): Promise<number> {
  const answered = await ask(agent, port, path, secret);
  let bytes = 0;
  answered.on('data', (part: Buffer) => {
    bytes += part.length;
  });
  await once(answered, 'end');
  return bytes;
}

/** Home as an open browser has it: what has changed comes by itself. */
async function openHome(port: number, secret: string): Promise<IncomingMessage> {
  const stream = await ask(new Agent(), port, '/home/events', secret);
  stream.on('error', () => undefined).resume();
  return stream;
}

/** Rejects unless it is 200. */
function ask(agent: Agent, port: number, path: string, secret: string): Promise<IncomingMessage> {
  const headers = { cookie: `labrador-session=${secret}` };
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path, headers }, (answered) => {
      if (answered.statusCode === 200) resolve(answered);
      else reject(new Error(`${path}: ${answered.statusCode}`));
    }).on('error', reject);
  });
}

async function answer(server: ChildProcess): Promise<unknown> {
  return ((await once(server, 'message')) as [unknown])[0];
}

async function counts(server: ChildProcess): Promise<PagesServerCounts> {
  server.send('counts');
  return (await answer(server)) as PagesServerCounts;
}
