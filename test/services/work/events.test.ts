import assert from 'node:assert/strict';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

describe('events', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    afterEach(() => lab.close());

    it('are listed with every kind there is, whatever the filter', async () => {
      lab = await makeLab(await open(), { nodes: 1 });
      const admin = await lab.person('ada', { role: 'administrator' });
      const find = (filter = {}) =>
        lab.services.findEvents(admin, { sort: 'at', descending: true, offset: 0, limit: 10, filter });
      assert.deepEqual(await find(), { items: [], total: 0, kinds: [] });
      for (const kind of ['ready', 'assigned', 'ready', 'complete', 'assigned'])
        await inTransaction(lab.db, (tx) => addEvent(tx, { kind, retention: 'audit' }));
      const { items, total, kinds } = await find({ kind: 'ready' });
      assert.deepEqual([items.length, total], [2, 2]);
      assert.deepEqual(kinds, ['assigned', 'complete', 'ready']);
    });
  });
});
