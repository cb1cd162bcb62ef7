/** The site of `bench book` and `book-full` in a process of its own: no daemon, simulated machines that are loaded already, students with tokens. */
import { cpuMilliseconds, openLab, serveSite } from './bench-site.ts';
import { addBookings, addNodes, addStudents } from './fill.ts';

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

const [count = 0, nodes = count + 50, bookings = 0] = process.argv.slice(2).map(Number);
const lab = await openLab();
const { db } = lab;
await addNodes(db, { count: nodes, days: 12 + bookings / nodes, loaded: true });
const tokens = await addStudents(db, count);
await addBookings(db, bookings, nodes);
const port = await serveSite(lab);
process.on('message', () =>
  process.send?.({ ...db.counts, cpu: cpuMilliseconds() } satisfies BookServerCounts),
);
process.send?.({ port, tokens } satisfies BookServerReady);
