/** The site and the daemon of `bench claims`: a class whose seats are loaded, and its students with tokens. */
import { reading } from '../db/transaction.ts';
import { minute } from '../src/domain/time.ts';
import { addDays, wallClock } from '../src/domain/wall-clock.ts';
import { someone } from '../test/helpers/administrators.ts';
import { seatStates, zoneAtNoon } from '../test/helpers/class-lab.ts';
import { checkBooks } from '../test/helpers/lab.ts';
import { cpuMilliseconds, openLab, serveSite } from './bench-site.ts';
import { addNodes, addStudents } from './fill.ts';

export interface ClaimsReady {
  readonly port: number;
  readonly tokens: string[];
  readonly dateId: number;
  /** Milliseconds of processor time so far. */
  readonly cpu: number;
}

/** What came of it, in words; empty: each has a seat that is ready, and the books are right. */
export interface ClaimsEnd {
  readonly wrong: string;
  readonly cpu: number;
}

const seats = Number(process.argv[2]);
const lab = await openLab();
const { db } = lab;
await addNodes(db, { count: seats + 50, days: 10, loaded: true });
const tokens = await addStudents(db, seats);
const dateId = await holdClass();
const port = await serveSite(lab);
process.on('message', () => void tellEnd());
process.send?.({ port, tokens, dateId, cpu: cpuMilliseconds() } satisfies ClaimsReady);

async function tellEnd(): Promise<void> {
  const taken = async () =>
    reading(db, async (reader) => {
      const sql =
        "SELECT COUNT(DISTINCT user_id) AS n FROM reservations WHERE block_date_id = ? AND state = 'reserved'";
      return Number((await reader.rows<{ n: number }>(sql, [dateId]))[0]?.n);
    });
  await lab.until(async () => (await taken()) === seats);
  const cpu = cpuMilliseconds();
  const wrong = await checkBooks(db).then(
    () => '',
    (error: unknown) => String(error),
  );
  process.send?.({ wrong, cpu } satisfies ClaimsEnd);
}

/** An hour from in five minutes on, until all of its seats are ready. */
async function holdClass(): Promise<number> {
  const timeZone = zoneAtNoon();
  const admin = await someone(lab.deps, 'admin', 'administrator');
  const now = await reading(db, async (reader) => reader.now);
  const at = (time: number) => wallClock(time, timeZone);
  const today = at(now).slice(0, 10);
  const term = { timeZone, termFrom: today, termUntil: addDays(today, 5) };
  await lab.services.addCourse(admin, { group: 'students', ...term, instructors: [] });
  const [from, until] = [at(now + 5 * minute).slice(11, 16), at(now + 65 * minute).slice(11, 16)];
  const recurrence = { kind: 'once', date: today, from, until } as const;
  const { id } = await lab.services.askBlock(admin, { courseId: 1, image: 'simulated', seats, recurrence });
  await lab.services.approveBlock(admin, id);
  await lab.startDaemon();
  const ready = Array.from({ length: seats }, () => 'ready').join(' ');
  const block = await lab.until(async () => {
    const found = await lab.services.inspectBlock(admin, id);
    return found.state === 'approved' && found;
  });
  const date = block.occurrences[0]?.id ?? 0;
  await lab.until(async () => (await seatStates(lab, date)) === ready, 600);
  return date;
}
