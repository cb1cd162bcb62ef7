import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { ceilQuarter, day, minute, quarter } from '../../../src/domain/time.ts';
import { decide, type Wish } from '../../../src/services/booking/decide.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

eachEngine((engine, { open }) => {
  let lab: Lab;
  const clock = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  afterEach(() => lab.close());

  it('every time that is offered can be had, and no earlier one', async function () {
    this.timeout(240_000);
    lab = await makeLab(await open(), { nodes: 3 });
    await inTransaction(lab.db, (tx) => tx.table('images').update({ max_at_once: 3 }));
    // one of them is out of order: it rests for a day
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 3 }).update({ state: 'failed' }));
    const crowd = await lab.person('crowd');
    const me = await lab.person('me', { limits: { daysAhead: 2, overlap: 2, upcoming: 40 } });
    const now = await clock();
    const booking = fc.record({
      mine: fc.boolean(),
      start: fc.integer({ min: 60, max: 54 * 60 }),
      minutes: fc.integer({ min: 15, max: 500 }),
    });
    const evening = { image: 'simulated', minutes: 240, start: now + 120 * minute };
    for (let node = 0; node < 2; node++) await lab.services.reserve(crowd, evening);
    const { alternatives } = await lab.services.verdict(me, evening);
    const first = alternatives.flatMap(({ kind, start = 0 }) => (kind === 'start' ? [start] : []));
    assert.equal(first.length, 5);
    await checkOffers(me, evening, first);
    await fc.assert(
      fc.asyncProperty(fc.array(booking, { maxLength: 8 }), booking, async (others, asked) => {
        for (const { mine, start, minutes } of others) {
          const wish = { image: 'simulated', minutes, start: now + start * minute };
          await lab.services.reserve(mine ? me : crowd, wish).catch((error: unknown) => {
            if (!(error instanceof LabError)) throw error;
          });
        }
        const wish = { image: 'simulated', minutes: asked.minutes, start: now + asked.start * minute };
        const verdict = await lab.services.verdict(me, wish);
        if (verdict.possible) return;
        const times = verdict.alternatives.flatMap(({ kind, start = 0 }) =>
          kind === 'start' ? [start] : [],
        );
        await checkOffers(me, wish, times);
        const [shorter] = verdict.alternatives.filter(({ kind }) => kind === 'minutes');
        if (shorter)
          assert.ok((await lab.services.verdict(me, { ...wish, minutes: shorter.minutes })).possible);
      }),
      { numRuns: engine === 'sqlite' ? 15 : 5 },
    );
    await checkBooks(lab.db);
  });

  /** Walks over every quarter hour there is and decides on each by itself. */
  async function checkOffers(me: SignedIn, wish: Wish & { start: number }, times: readonly number[]) {
    const expected = await reading(lab.db, async (reader) => {
      const starts: number[] = [];
      let start = Math.max(ceilQuarter(wish.start), ceilQuarter(reader.now + minute + 1));
      for (; start <= reader.now + 2 * day && starts.length < 5; start += quarter) {
        if (!(await decide(reader, lab.deps, me, { ...wish, start })).possible) continue;
        starts.push(start);
        start += 3 * quarter;
      }
      return starts;
    });
    assert.deepEqual(times, expected, JSON.stringify(wish));
  }
});
