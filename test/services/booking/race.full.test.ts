import assert from 'node:assert/strict';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { day, hour } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { assertNoOverlap, liveHolds } from '../../helpers/calendar-model.ts';
import { eachEngine, enginesAndGalera } from '../../helpers/database.ts';
import { doorsOf } from '../../helpers/doors.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const nodes = 6;
const clients = 32;
const hours = 16;
const rounds = 3;

/** Half as many wishes again as there is room for, an hour each, all at the same time: one after the other would fill it to the last hour. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  it(`${clients} clients book ${nodes} machines out, and none of them twice`, async function () {
    this.timeout(1_200_000);
    lab = await makeLab(await open(), { nodes });
    const doors = await doorsOf(lab, open, 3);
    const people: SignedIn[] = [];
    for (let n = 0; n < clients; n++) people.push(await lab.person(`person${n}`));
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    const tomorrow = Math.ceil(now / day) * day;
    let before = 0;
    for (let round = 0; round < rounds; round++) {
      const wishes = Array.from({ length: (nodes * hours * 3) / 2 }, (_, n) => n % hours);
      const come = people.map(async (me, n) => {
        const { services } = doors[n % doors.length] ?? lab;
        for (let next = wishes.shift(); next !== undefined; next = wishes.shift()) {
          const wish = next;
          const start = tomorrow + round * day + wish * hour;
          await services.reserve(me, { image: 'simulated', minutes: 60, start }).catch((error: unknown) => {
            assert.ok(error instanceof LabError, String(error));
            // on a busy computer it may lose for five seconds: it asks again
            if (error.code === 'busy') wishes.push(wish);
            else assert.equal(error.code, 'reservation.no-machine');
          });
        }
      });
      await Promise.all(come);
      const held = await liveHolds(lab.db);
      assertNoOverlap(held);
      const booked = held.length - before;
      assert.ok(booked >= 0.95 * nodes * hours, `${booked} of ${nodes * hours}`);
      before = held.length;
    }
    await checkBooks(lab.db);
  });
}, enginesAndGalera);
