import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../db/connect.ts';
import { addDays, wallClock } from '../src/domain/wall-clock.ts';
import { someone } from '../test/helpers/administrators.ts';
import { checkBooks, makeLab } from '../test/helpers/lab.ts';
import type { Figure } from './figure.ts';
import { addNodes } from './fill.ts';

const nodes = 1_000;
const seats = 40;
const weeks = 15;

/** A class of 40 seats on 15 dates: how long its preview takes, and from its approval until all its seats are held. */
export async function blocks(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-bench-'));
  const db = connectDatabase(`sqlite:${join(folder, 'bench.sqlite')}`);
  await migrate(db);
  const lab = await makeLab(db, { nodes: 0 });
  try {
    await addNodes(db, { count: nodes, days: 200, loaded: true });
    const admin = await someone(lab.deps, 'admin', 'administrator');
    const today = wallClock(Date.now(), 'UTC').slice(0, 10);
    const { id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' });
    const term = { timeZone: 'UTC', termFrom: today, termUntil: addDays(today, 190) };
    await lab.services.addCourse(admin, { group: 'Physics', ...term, instructors: [] });
    const hours = { from: '10:00', until: '11:30' };
    const times = Array.from({ length: weeks }, (_, week) => ({
      date: addDays(today, 2 + 7 * week),
      ...hours,
    }));
    const wish = { courseId, image: 'simulated', seats, recurrence: { kind: 'listed', times } } as const;
    const began = performance.now();
    await lab.services.previewBlock(admin, wish);
    const looked = performance.now() - began;
    const { id } = await lab.services.askBlock(admin, wish);
    await lab.startDaemon();
    const approved = performance.now();
    await lab.services.approveBlock(admin, id);
    await lab.until(async () => (await lab.services.inspectBlock(admin, id)).state === 'approved');
    const held = performance.now() - approved;
    await checkBooks(db);
    const of = `${seats} seats on ${weeks} dates, ${nodes} nodes`;
    return [
      { name: `preview of ${of}`, value: looked, unit: 'ms' },
      { name: `approving ${of}`, value: held, unit: 'ms', against: 'the goal: 2,000 ms' },
    ];
  } finally {
    await lab.close();
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
