/** The site of `bench book` in a process of its own: no daemon, simulated machines that are loaded already, students with tokens. */
import { cpuMilliseconds, openLab, serveSite } from './bench-site.ts';
import { addNodes, addStudents } from './fill.ts';

export interface BookServerReady {
  readonly port: number;
  readonly tokens: string[];
}

export interface BookServerCounts {
  readonly statements: number;
  readonly commits: number;
  /** Milliseconds of processor time so far. */
  readonly cpu: number;
}

const count = Number(process.argv[2]);
const lab = await openLab();
const { db } = lab;
await addNodes(db, { count: count + 50, days: 10, loaded: true });
const tokens = await addStudents(db, count);
const port = await serveSite(lab);
process.on('message', () =>
  process.send?.({ ...db.counts, cpu: cpuMilliseconds() } satisfies BookServerCounts),
);
process.send?.({ port, tokens } satisfies BookServerReady);
