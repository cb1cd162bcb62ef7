import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../db/transaction.ts';
import { LabError } from '../../src/domain/errors.ts';
import { runBooker } from '../helpers/booker-child.ts';
import { checkWhole, endBetweenVisits, makeCrashLab, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../helpers/lab.ts';
import { overlappingLoads, race, startDaemons, stopDaemons } from './races.ts';

const day = { daysAhead: 7, overlap: 1 };

eachEngine((_engine, { open, url }) => {
  let lab: Lab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });

  it('books once and loads once, with three daemons and two web processes', async function () {
    this.timeout(120_000);
    const result = await race(await open(), await url(), 10);
    if (this.test) this.test.title += ` ${JSON.stringify(result)}`;
    assert.ok(result.packed >= 0.95 * result.room, JSON.stringify(result));
    assert.ok(result.loads > 3 && result.audits > 5, JSON.stringify(result));
  });

  it("goes on with a stopped daemon's work after its lease, and lets it write nothing when it wakes up", async function () {
    this.timeout(180_000);
    const db = await open();
    lab = await makeCrashLab(db, { nodes: 1, simulator: { loadSeconds: 4, spread: 0 } });
    await inTransaction(db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
    const both = ['a', 'b'].map((name) => ({ name, placeId: 1 }));
    const daemons = await startDaemons(lab, await url(), both, 3_000);
    try {
      const ann = await lab.person('ann');
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      const first = await lab.until(() => loadingBy(id));
      const stopped = daemons[first === 'a' ? 0 : 1];
      stopped?.kill('SIGSTOP');
      await lab.reaches(ann, id, 'reserved');
      const end = await endBetweenVisits(db, lab.directory);
      const writes = await leaseWrites();
      stopped?.kill('SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      assert.deepEqual(await endBetweenVisits(db, lab.directory), end, 'what the woken daemon left');
      assert.deepEqual(await leaseWrites(), writes, 'rows of the task that it had');
      assert.deepEqual(overlappingLoads(lab.directory, stopped?.pid), []);
      await lab.services.endReservation(ann, id);
      await lab.reaches(ann, id, 'complete');
      await untilSettled(db);
      await checkWhole(db, lab.directory);
    } finally {
      await stopDaemons(daemons);
    }
  });

  it('gives 4 machines to 50 students who come at once, and tells 46 when', async function () {
    this.timeout(180_000);
    lab = await makeLab(await open(), { nodes: 4 });
    await lab.startDaemon();
    const students = await Promise.all(
      Array.from(
        { length: 50 },
        (_, i) => lab?.person(`student${i}`, { limits: day }) ?? Promise.reject(new Error()),
      ),
    );
    const { services } = lab;
    const answers = await Promise.all(
      students.map((me) =>
        services.reserve(me, { image: 'simulated', minutes: 60 }).catch((error: unknown) => error),
      ),
    );
    const refused = answers.filter((answer) => answer instanceof Error);
    assert.equal(answers.length - refused.length, 4);
    for (const error of refused) {
      assert.ok(error instanceof LabError, String(error));
      assert.equal(error.code, 'reservation.no-machine');
      assert.ok(
        error.alternatives.some(({ start }) => (start ?? 0) > Date.now()),
        'the next start',
      );
    }
    const given = students.flatMap((me, i) =>
      answers[i] instanceof Error ? [] : [{ me, id: (answers[i] as { id: number }).id }],
    );
    const views = await Promise.all(given.map(({ me, id }) => lab?.reaches(me, id, 'reserved')));
    assert.equal(new Set(views.map((view) => view?.nodeName)).size, 4, 'a machine each');
    await untilSettled(lab.db);
    const live =
      "SELECT 'reservation' AS what, id FROM reservations UNION ALL SELECT 'allocation', id FROM allocations";
    assert.equal((await rows(live)).length, 8, 'what was refused left nothing');
    assert.deepEqual(await rows("SELECT id FROM tasks WHERE status IN ('failed', 'running')"), []);
    const [told] = await rows<{ n: number }>("SELECT COUNT(*) AS n FROM events WHERE kind = 'refused'");
    assert.equal(Number(told?.n), 46);
    await checkBooks(lab.db);
  });

  it('counts limits exactly, whoever asks and however often at once', async function () {
    this.timeout(180_000);
    const db = await open();
    lab = await makeCrashLab(db, { nodes: 10 });
    const me = await lab.person('ann', { limits: day });
    const requests = Array.from({ length: 4 }, () => ({ me, minutes: 60 }));
    const order = { url: await url(), requests, together: 4 };
    const counts = await Promise.all([runBooker(order), runBooker(order)]);
    assert.deepEqual(
      counts.flatMap(({ errors }) => errors),
      [],
    );
    assert.equal(
      counts.reduce((sum, { booked }) => sum + booked, 0),
      1,
    );
    assert.deepEqual([...new Set(counts.flatMap(({ codes }) => codes))], ['reservation.limit-overlap']);
    await checkBooks(db);
  });

  async function loadingBy(id: number): Promise<string | null> {
    const [row] = await rows<{ claimed_by: string }>(
      `SELECT t.claimed_by FROM tasks t JOIN events e ON e.task_id = t.id AND e.kind = 'progress'
         WHERE t.status = 'running' AND t.action = 'new' AND t.reservation_id = ${id}`,
    );
    return row?.claimed_by.split(':')[0] ?? null;
  }
  const leaseWrites = () =>
    rows("SELECT id, lease_seq, claim_epoch, status, result FROM tasks WHERE action = 'new' ORDER BY id");
  const rows = <Row>(sql: string) => reading(lab?.db ?? never(), (reader) => reader.rows<Row>(sql));
});

const never = (): never => {
  throw new Error('there is no installation');
};
