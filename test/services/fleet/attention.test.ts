import assert from 'node:assert/strict';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const hour = 60 * 60_000;

describe('what needs attention', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
      admin = await lab.person('ada', { role: 'administrator' });
    });
    afterEach(() => lab.close());

    const row = (table: string) => lab.db.knex(table);

    async function goWrong(): Promise<void> {
      const sam = await lab.person('sam');
      await row('blocks').insert({
        ...{ group_id: 1, image_id: 1, seats: 30, time_zone: 'UTC', recurrence: '{}', comment: '' },
        ...{ state: 'asked', asked_by: sam.id, created_at: 1, version: 1 },
      });
      const start = Date.now() + 2 * hour;
      const { id } = await lab.services.reserve(sam, { image: 'simulated', minutes: 60, start });
      await row('allocations').where({ reservation_id: id }).update({ created_at: 1 });
      await row('nodes').update({ state: 'failed', failed_at: 1, failure: 'Its disk is full.' });
      await row('places').update({ armed: 0, draining_since: 1 });
      const missing = { missing_since: 1, missing_because: 'it is not there' };
      await row('image_revisions').update({ suspended_at: 1, suspended_because: 'It failed.', ...missing });
      await row('quarantine').insert({ place_id: 1, name: 'x', what: 'guest', since: 1 });
      const books = { kind: 'books-differ', data: '{}', retention: 'audit' };
      await row('events').insert([1, 2].map((ago) => ({ ...books, at: Date.now() - ago * hour })));
      const work = { action: 'purge', target_type: 'place', target_id: 1, args: '{}', status: 'failed' };
      await row('tasks').insert({ ...work, result: 'No room.', run_after: 1, created_at: 1, ended_at: 1 });
    }

    it('is counted by one statement as it is listed, and whoever watches hears of it', async () => {
      const before = lab.db.counts.statements;
      assert.equal(await lab.services.countAttention(admin), 0);
      assert.ok(lab.db.counts.statements - before <= 2, 'the time, and one');
      let heard = () => {};
      const hears = new Promise<void>((resolve) => (heard = resolve));
      const stop = await lab.services.watchAttention(admin, heard);
      await goWrong();
      await hears;
      stop();
      const { items } = await lab.services.attention(admin);
      assert.deepEqual(items.map(({ kind }) => kind).sort(), [
        'artefact',
        'block',
        'booking',
        'books',
        'node',
        'node',
        'place',
        'place',
        'revision',
        'revision',
        'task',
      ]);
      assert.equal(await lab.services.countAttention(admin), items.length);
    });

    it('is counted for administrators alone', async () => {
      const sam = await lab.person('sam');
      await assert.rejects(lab.services.countAttention(sam), { code: 'not-allowed' });
      await assert.rejects(
        lab.services.watchAttention(sam, () => {}),
        { code: 'not-allowed' },
      );
    });
  });
});
