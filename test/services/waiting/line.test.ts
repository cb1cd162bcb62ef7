import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { hour, minute, quarter } from '../../../src/domain/time.ts';
import { planSource } from '../../../src/services/booking/plan.ts';
import {
  keptForLine,
  type Planned,
  planLine,
  planNow,
  standing,
} from '../../../src/services/waiting/line.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';
import { seeded } from '../../helpers/seeded.ts';

const nodes = 6;

/** What is read off few machines says what the whole plan says, however the calendar looks. */
eachEngine((_engine, { open }) => {
  it('is planned from what is free now, and from what is free before a later start, as it is from everything', async function () {
    this.timeout(120_000);
    const lab: Lab = await makeLab(await open(), { nodes });
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    const noon = Math.ceil(now / (24 * hour)) * 24 * hour + 12 * hour + minute;
    await passTo(lab, noon);
    const luck = seeded(11);
    const upTo = (most: number) => Math.floor(luck() * most);
    const source = planSource(lab.deps, false);
    const seen = { due: 0, kept: 0, none: 0 };
    for (let round = 0; round < 12; round++) {
      // fewer than there are machines: so that some are done before a later start
      const people = round % 2 === 0 ? 2 : 8;
      for (let n = 0; n < 6; n++) {
        const me = await lab.person(`someone${round}-${n}`);
        const start = upTo(3) === 0 ? undefined : noon + upTo(30) * quarter;
        await lab.services
          .reserve(me, { image: 'simulated', minutes: 30 + 15 * upTo(12), start })
          .catch((error: unknown) => assert.ok(error instanceof LabError));
      }
      await stand(
        lab,
        Array.from({ length: people }, () => ({ minutes: 30 + 30 * upTo(12), asks_first: upTo(2) })),
      );
      await reading(lab.db, async (reader) => {
        const rows = await standing(reader);
        const whole = await planLine(reader, source, rows);
        const due = whole.filter(({ place }) => place !== null && place.start <= reader.now);
        const ids = (planned: readonly Planned[]) => planned.map(({ row }) => row.id);
        assert.deepEqual(ids(await planNow(reader, source, rows)), ids(due));
        seen.due += due.length;
        for (let ahead = 1; ahead < 40; ahead++) {
          const from = noon - minute + ahead * quarter;
          const hold = { from, until: from + hour };
          const kept = await keptForLine(reader, source, { start: from, hold, takesFree: false });
          const over = whole.filter(
            ({ place }) => place && place.hold.from < hold.until && place.hold.until > from,
          );
          assert.deepEqual(
            kept,
            over.map(({ place }) => place?.nodeId),
          );
          seen.kept += kept.length;
          if (kept.length === 0) seen.none++;
        }
      });
    }
    assert.ok(seen.due > 10 && seen.kept > 100 && seen.none > 50, JSON.stringify(seen));
    await lab.close();
  });
});

/** Others wait from now on, whether they could be served or not. */
function stand(lab: Lab, wishes: readonly { readonly minutes: number; readonly asks_first: number }[]) {
  return inTransaction(lab.db, async (tx) => {
    await tx.table('waiters').delete();
    for (const [index, wish] of wishes.entries())
      await tx.table('waiters').insert({
        ...{ ...wish, user_id: 1000 + index, image_id: 1, live: 1 },
        ...{ time_zone: 'UTC', created_at: tx.now },
      });
  });
}
