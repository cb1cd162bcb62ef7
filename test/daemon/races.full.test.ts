import assert from 'node:assert/strict';
import { eachEngine } from '../helpers/database.ts';
import { race } from './races.ts';

/** Ten minutes, five for each engine. */
const seconds = Number(process.env.LABRADOR_TEST_RACE_SECONDS ?? 300);

eachEngine((_engine, { open, url }) => {
  it(`books once and loads once, for ${seconds} seconds`, async function () {
    this.timeout((seconds + 180) * 1000);
    const result = await race(await open(), await url(), seconds);
    if (this.test) this.test.title += ` ${JSON.stringify(result)}`;
    assert.ok(result.packed >= 0.95 * result.room, JSON.stringify(result));
    assert.ok(result.loads > seconds / 10, JSON.stringify(result));
  });
});
