import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { horizonDays } from '../../../src/domain/limits.ts';
import { day, minute } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const hour = { image: 'simulated', minutes: 60 };

eachEngine((engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  const set = async (nodes: number) => {
    lab = await makeLab(await open(), { nodes });
    ann = await lab.person('ann', { limits: { overlap: 1 } });
  };
  afterEach(() => lab.close());

  it('an environment says what stands in the way of a second machine, as booking would', async () => {
    await set(2);
    assert.equal((await lab.services.getImage(ann, 'simulated')).hindrance, null);
    const { id } = await lab.services.reserve(ann, hour);
    const { hindrance } = await lab.services.getImage(ann, 'simulated');
    assert.equal(hindrance?.other?.reservationId, id);
    const bob = await lab.person('bob');
    assert.equal((await lab.services.getImage(bob, 'simulated')).hindrance, null);
  });

  describe('Idempotency-Key', () => {
    it('answers a repeated request with what the first one made', async () => {
      await set(2);
      const first = await lab.services.reserve(ann, hour, { idempotencyKey: 'k' });
      const again = await lab.services.reserve(ann, hour, { idempotencyKey: 'k' });
      assert.equal(again.id, first.id);
      await assert.rejects(lab.services.reserve(ann, { ...hour, minutes: 30 }, { idempotencyKey: 'k' }), {
        code: 'idempotency.other-body',
      });
    });

    it('makes one of many that arrive at once, and every one is told of it', async () => {
      await set(4);
      const all = await Promise.all(
        Array.from({ length: 8 }, () => lab.services.reserve(ann, hour, { idempotencyKey: 'k' })),
      );
      assert.equal(new Set(all.map(({ id }) => id)).size, 1);
    });

    it("is one's own, and good for a day", async () => {
      await set(3);
      const bob = await lab.person('bob');
      const first = await lab.services.reserve(ann, hour, { idempotencyKey: 'k' });
      const other = await lab.services.reserve(bob, hour, { idempotencyKey: 'k' });
      assert.notEqual(other.id, first.id);
      lab.db.clockOffset = day + minute;
      const later = await lab.services.reserve(bob, { ...hour, minutes: 30 }, { idempotencyKey: 'k' });
      assert.notEqual(later.id, other.id);
    });

    it('is not used up by a refusal', async () => {
      await set(1);
      const bob = await lab.person('bob');
      const { id } = await lab.services.reserve(bob, hour);
      await assert.rejects(lab.services.reserve(ann, hour, { idempotencyKey: 'k' }), {
        code: 'reservation.no-machine',
      });
      await lab.startDaemon();
      await lab.services.endReservation(bob, id);
      await lab.reaches(bob, id, 'complete');
      await lab.until(async () => (await lab.services.verdict(ann, hour)).possible);
      await lab.services.reserve(ann, hour, { idempotencyKey: 'k' });
    });
  });

  it('is cancelled, not ended, before it began', async () => {
    await set(1);
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, { ...hour, start: Date.now() + day });
    await lab.services.endReservation(ann, id);
    const { reason } = await lab.reaches(ann, id, 'complete');
    assert.equal(reason, 'You cancelled it.');
    const texts = (await lab.services.history(ann, id)).map(({ text }) => text);
    assert.ok(texts.includes('You cancelled it.'), texts.join());
  });

  it('keeps every refused demand as a statistic, and nothing else of it', async () => {
    await set(1);
    await lab.services.reserve(ann, hour);
    const bob = await lab.person('bob', { limits: { initialMinutes: 60 } });
    for (const request of [
      hour,
      { ...hour, minutes: 90 },
      { ...hour, image: 'none' },
      { ...hour, minutes: 1e9 },
    ])
      await assert.rejects(lab.services.reserve(bob, request), LabError);
    await assert.rejects(lab.services.reserve(ann, hour), { code: 'reservation.limit-overlap' });
    const events = await rows<{ data: string; retention: string }>(
      "SELECT data, retention FROM events WHERE kind = 'refused' ORDER BY id",
    );
    assert.deepEqual(
      events.map(({ data, retention }) => [(JSON.parse(data) as { code: string }).code, retention]),
      ['no-machine', 'limit-length', 'limit-overlap'].map((code) => [`reservation.${code}`, 'statistic']),
    );
    for (const table of ['reservations', 'allocations', 'tasks'])
      assert.equal((await rows(`SELECT id FROM ${table}`)).length, 1, table);
    await checkBooks(lab.db);
  });

  it('refuses bad input by its field, and changes nothing', async () => {
    await set(1);
    const now = await clock();
    const wrong: [Record<string, unknown>, string][] = [
      [{ minutes: 0 }, 'minutes'],
      [{ minutes: -1 }, 'minutes'],
      [{ minutes: 1e9 }, 'minutes'],
      [{ minutes: Number.NaN }, 'minutes'],
      [{ minutes: 60.5 }, 'minutes'],
      [{ start: now - 10 * minute }, 'start'],
      [{ start: now + (horizonDays + 1) * day }, 'start'],
      [{ image: 'nothing\u0000<script>' }, 'image'],
    ];
    for (const [change, field] of wrong) {
      await assert.rejects(
        lab.services.reserve(ann, { ...hour, ...change }),
        (error) => error instanceof LabError && field in error.fields,
        JSON.stringify(change),
      );
      assert.equal((await lab.services.verdict(ann, { ...hour, ...change })).possible, false);
    }
    assert.equal((await rows('SELECT id FROM reservations')).length, 0);
  });

  it('books exactly what the verdict says can be had', async function () {
    this.timeout(180_000);
    await set(3);
    await inTransaction(lab.db, (tx) =>
      tx.table('images').update({ max_at_once: 2, max_minutes: 20 * 24 * 60 }),
    );
    const people = [
      await lab.person('bob'),
      await lab.person('eve', { limits: { overlap: 1, daysAhead: 7, initialMinutes: 240, upcoming: 2 } }),
    ];
    const now = await clock();
    const request = fc.record({
      who: fc.nat(1),
      minutes: fc.oneof(fc.integer({ min: 10, max: 300 }), fc.integer({ min: 300, max: 600_000 })),
      start: fc.option(
        fc.oneof(
          fc.integer({ min: -5, max: 24 * 60 }),
          fc.integer({ min: 0, max: 9 * 24 * 60 }),
          fc.integer({ min: 390 * 24 * 60, max: 403 * 24 * 60 }),
        ),
        { nil: undefined },
      ),
    });
    let booked = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ who, minutes, start }) => {
        const me = people[who] ?? ann;
        const asked = {
          image: 'simulated',
          minutes,
          start: start === undefined ? undefined : now + start * minute + 30_000,
        };
        const verdict = await lab.services.verdict(me, asked);
        const made = await lab.services.reserve(me, asked).catch((error: unknown) => error);
        const failed = made instanceof Error;
        assert.equal(verdict.possible, !failed, `${verdict.text} ${JSON.stringify(made)}`);
        if (failed) assert.ok(made instanceof LabError);
        else booked++;
      }),
      { numRuns: engine === 'sqlite' ? 150 : 60 },
    );
    assert.ok(booked >= 3, `${booked} were booked`);
    await checkBooks(lab.db);
  });

  it('takes a machine to make an image of from where one can be saved, and nowhere else', async () => {
    const { simulator } = provisioning;
    const over = { descriptors: { simulator, bare: { ...simulator, captures: false } } };
    lab = await makeLab(await open(), { nodes: 4, over });
    const pool = { name: 'bare', module: 'bare', settings: '{}', reach: 'none', place_id: 1 };
    await inTransaction(lab.db, async (tx) => {
      const pool_id = await tx.insert('pools', { ...pool, created_at: tx.now });
      await tx.table('nodes').where('id', '<', 4).update({ pool_id });
    });
    const imaging = { ...hour, imaging: true };
    ann = { ...(await lab.person('ann')), role: 'image-admin' };
    const { id } = await lab.services.reserve(ann, imaging);
    const [held] = await rows<{ node_id: number }>(
      `SELECT node_id FROM allocations WHERE reservation_id = ${id}`,
    );
    assert.equal(held?.node_id, 4);
    await assert.rejects(lab.services.reserve(ann, imaging), { code: 'reservation.no-machine' });
    await lab.services.reserve(ann, hour);

    over.descriptors.simulator = over.descriptors.bare;
    await assert.rejects(lab.services.reserve(ann, imaging), { code: 'reservation.not-captured' });
    assert.match((await lab.services.verdict(ann, imaging)).text, /could be saved as an image/);
    await checkBooks(lab.db);
  });

  it('offers alternatives that can be had', async () => {
    await set(1);
    const bob = await lab.person('bob');
    await lab.services.reserve(bob, { ...hour, minutes: 100 });
    const carl = await lab.person('carl', { limits: { daysAhead: 7 } });
    const refused = await lab.services.reserve(carl, hour).catch((error: unknown) => error as LabError);
    assert.ok(refused instanceof LabError);
    const starts = refused.alternatives.filter(({ kind }) => kind === 'start');
    assert.ok(starts.length > 0);
    for (const { start } of starts) {
      assert.ok(start);
      await lab.services.reserve(carl, { ...hour, start });
    }
    await checkBooks(lab.db);
  });

  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const clock = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
});
