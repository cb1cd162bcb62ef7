import assert from 'node:assert/strict';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { hour } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine, enginesAndGalera } from '../../helpers/database.ts';
import { doorsOf } from '../../helpers/doors.ts';
import { addEnvironment } from '../../helpers/environment.ts';
import { checkBooks, makeLab } from '../../helpers/lab.ts';

const nodes = 7;
const rounds = 4;
const comers = 16;

/** Who wants three machines together and who wants one come in the same moment: nobody is had in part, and nothing stays free that is wanted. */
eachEngine((_engine, { open }) => {
  it('books several machines whole or not at all, whoever else books', async function () {
    this.timeout(600_000);
    const lab = await makeLab(await open(), { nodes });
    const admin = await lab.person('admin', { role: 'administrator' });
    await addEnvironment(lab.db, { id: 2, name: 'data' });
    await addEnvironment(lab.db, { id: 3, name: 'whole' });
    await lab.services.editImage(admin, 'whole', { members: [{ role: 'db', image: 'data', machines: 2 }] });
    const people: SignedIn[] = [];
    for (let n = 0; n < comers; n++) people.push(await lab.person(`person${n}`));
    const doors = await doorsOf(lab, open, 3);
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    for (let round = 1; round <= rounds; round++) {
      const start = (Math.ceil(now / hour) + 3 * round) * hour;
      const come = people.map(async (me, n) => {
        const { services } = doors[n % doors.length] ?? lab;
        const image = n % 2 === 0 ? 'whole' : 'simulated';
        return services.reserve(me, { image, minutes: 60, start }).then(
          ({ id }) => id,
          (error) => {
            assert.ok(error instanceof LabError && error.code === 'reservation.no-machine', String(error));
            return null;
          },
        );
      });
      const had = (await Promise.all(come)).filter((id) => id !== null);
      const rows = await reading(lab.db, (reader) =>
        reader.rows<{ name: string; n: number }>(
          `SELECT i.name, COUNT(*) AS n FROM reservations r JOIN images i ON i.id = r.image_id JOIN allocations a ON a.reservation_id = r.id
             AND a.released_at IS NULL WHERE r.start_at = ? GROUP BY r.id, i.name`,
          [start],
        ),
      );
      assert.equal(rows.length, had.length);
      for (const { name, n } of rows)
        assert.equal(Number(n), name === 'whole' ? 3 : 1, 'whole or not at all');
      const taken = rows.reduce((sum, { n }) => sum + Number(n), 0);
      assert.equal(taken, nodes, 'what is wanted does not stay free');
    }
    await checkBooks(lab.db);
    await lab.close();
  });
}, enginesAndGalera);
