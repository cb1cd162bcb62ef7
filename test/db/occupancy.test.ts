import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Database } from '../../db/connect.ts';
import { freeInWindow, materialise, releaseBits, tryBits } from '../../db/repositories/occupancy.ts';
import { inTransaction } from '../../db/transaction.ts';
import { day, quarter, type Window } from '../../src/domain/time.ts';
import { eachEngine } from '../helpers/database.ts';

const days = 6;
/** Over the end of daylight-saving time in Europe: UTC does not know it, and neither may the bits. */
const first = Date.UTC(2026, 9, 23);
const window = fc
  .tuple(fc.integer({ min: 0, max: days * 96 - 1 }), fc.integer({ min: 1, max: 3 * 96 }))
  .map(([from, length]) => ({
    from: first + from * quarter,
    until: first + Math.min(days * 96, from + length) * quarter,
  }));
const step = fc.record({ node: fc.integer({ min: 1, max: 2 }), window, release: fc.nat() });

eachEngine((engine, { open }) => {
  it('takes what is free and nothing else, and gives back exactly what was taken', async function () {
    this.timeout(180_000);
    const db = await open();
    await inTransaction(db, (tx) => materialise(tx, [1, 2], first / day, first / day + days));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) => walk(db, steps)),
      { numRuns: engine === 'sqlite' ? 60 : 12 },
    );
  });

  it('leaves whole days alone when one of them is taken', async () => {
    const db = await open();
    const whole = { from: first, until: first + 3 * day };
    await inTransaction(db, async (tx) => {
      await materialise(tx, [1], first / day, first / day + days);
      assert.ok(await tryBits(tx, 1, { from: first + day, until: first + day + quarter }));
      assert.equal(await tryBits(tx, 1, whole), false);
    });
    await compare(db, new Set([`1:${(first + day) / quarter}`]));
  });

  it('never gives both of two windows that overlap', async () => {
    const db = await open();
    await inTransaction(db, (tx) => materialise(tx, [1], first / day, first / day + days));
    await fc.assert(
      fc.asyncProperty(window, window, async (one, other) => {
        const both = await inTransaction(db, async (tx) => {
          const taken = [await tryBits(tx, 1, one), await tryBits(tx, 1, other)];
          if (taken[0]) await releaseBits(tx, 1, one);
          if (taken[1]) await releaseBits(tx, 1, other);
          return taken[0] && taken[1];
        });
        assert.equal(both, one.until <= other.from || other.until <= one.from);
      }),
      { numRuns: engine === 'sqlite' ? 100 : 25 },
    );
  });
});

/** The same steps on a set of quarters and on the database. Every third step gives a window back, the last one all. */
async function walk(db: Database, steps: readonly { node: number; window: Window; release: number }[]) {
  const taken: { node: number; window: Window }[] = [];
  const model = new Set<string>();
  for (const [index, one] of steps.entries()) {
    await inTransaction(db, async (tx) => {
      const quarters = quartersOf(one);
      const free = quarters.every((name) => !model.has(name));
      const { sql, bindings } = freeInWindow('n', one.window);
      const query = `SELECT n.id FROM (SELECT ? AS id) n WHERE ${sql}`;
      assert.equal((await tx.rows(query, [one.node, ...bindings])).length, free ? 1 : 0, 'found free');
      assert.equal(await tryBits(tx, one.node, one.window), free, 'taken');
      if (!free) return;
      taken.push(one);
      for (const name of quarters) model.add(name);
    });
    if (index % 3 === 2 && taken.length > 0)
      await give(db, model, taken.splice(one.release % taken.length, 1));
    await compare(db, model);
  }
  await give(db, model, taken);
  await compare(db, model);
}

async function give(db: Database, model: Set<string>, holds: readonly { node: number; window: Window }[]) {
  for (const hold of holds) {
    await inTransaction(db, (tx) => releaseBits(tx, hold.node, hold.window));
    for (const name of quartersOf(hold)) model.delete(name);
    await assert.rejects(
      inTransaction(db, (tx) => releaseBits(tx, hold.node, hold.window)),
      /not all set/,
    );
  }
}

const quartersOf = ({ node, window: { from, until } }: { node: number; window: Window }) =>
  Array.from({ length: (until - from) / quarter }, (_, i) => `${node}:${from / quarter + i}`);

async function compare(db: Database, model: ReadonlySet<string>): Promise<void> {
  const rows = await inTransaction(db, (tx) =>
    tx.rows<{ day: number; node_id: number; am: number; pm: number }>('SELECT * FROM occupancy'),
  );
  const set = rows.flatMap((row) =>
    [row.am, row.pm].flatMap((half, index) =>
      Array.from({ length: 48 }, (_, bit) => bit)
        .filter((bit) => (BigInt(half) >> BigInt(bit)) & 1n)
        .map((bit) => `${row.node_id}:${row.day * 96 + index * 48 + bit}`),
    ),
  );
  assert.deepEqual(set.sort(), [...model].sort());
}
