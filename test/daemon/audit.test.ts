import assert from 'node:assert/strict';
import { inTransaction } from '../../db/transaction.ts';
import { auditBooks } from '../../src/daemon/audit.ts';
import { day } from '../../src/domain/time.ts';
import { untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../helpers/lab.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  it('keeps the hours of a reservation that began days ago, so that they can be given back', async () => {
    lab = await makeLab(await open(), { nodes: 1 });
    const ann = await lab.person('ann');
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 8 * 24 * 60 });
    await lab.startDaemon();
    await lab.reaches(ann, id, 'reserved');
    lab.db.clockOffset = 5 * day;
    assert.deepEqual(await auditBooks(lab.deps), []);
    await lab.services.endReservation(ann, id);
    await lab.reaches(ann, id, 'complete');
    await untilSettled(lab.db);
    await checkBooks(lab.db);
    assert.deepEqual(await auditBooks(lab.deps), []);
  });

  it('finds hours that nobody holds, and hours that are not held', async () => {
    lab = await makeLab(await open(), { nodes: 2 });
    await lab.services.reserve(await lab.person('ann'), { image: 'simulated', minutes: 60 });
    const today = await inTransaction(lab.db, (tx) => Promise.resolve(Math.floor(tx.now / day)));
    await inTransaction(lab.db, (tx) =>
      tx.table('occupancy').where('am', '>', 0).orWhere('pm', '>', 0).update({ am: 0, pm: 0 }),
    );
    await inTransaction(lab.db, (tx) =>
      tx
        .table('occupancy')
        .where({ day: today + 3, node_id: 2 })
        .update({ pm: 6 }),
    );
    const found = await auditBooks(lab.deps);
    assert.ok(found.includes(`node 2 on day ${today + 3}`), 'held by nobody');
    assert.ok(found.length >= 2, 'held, and not marked');
  });
});
