import assert from 'node:assert/strict';
import { addEvent, noteAccess } from '../../../db/repositories/events.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { auditBooks } from '../../../src/daemon/audit.ts';
import { day, hour, minute } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { makeCrashLab } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import type { Lab } from '../../helpers/lab.ts';

describe('who had it', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeCrashLab(await open(), { nodes: 1 });
      admin = await lab.person('ada', { role: 'administrator' });
    });
    afterEach(() => lab.close());

    /** A simulated machine has no way in: what a real one leaves is written as the daemon and the gateway write it. */
    async function hadBy(name: string, port: number, from: readonly string[], end = true) {
      const me = await lab.person(name);
      const { id } = await lab.services.reserve(me, { image: 'simulated', minutes: 60 });
      await lab.reaches(me, id, 'reserved');
      const opened = await inTransaction(lab.db, async (tx) => {
        const about = { reservationId: id, nodeId: 1, port, retention: 'access' } as const;
        await addEvent(tx, {
          kind: 'access-opened',
          ...about,
          data: { host: 'labs.example.org', bound: '0.0.0.0' },
        });
        for (const address of from)
          await noteAccess(tx, { kind: 'terminal-opened', actorId: me.id, reservationId: id, from: address });
        return tx.now;
      });
      lab.db.clockOffset += 10 * minute;
      if (end) {
        await lab.services.endReservation(me, id);
        await lab.reaches(me, id, 'complete');
      }
      lab.db.clockOffset += hour;
      return { id, opened };
    }

    it('finds the person by address and by node, at a time', async () => {
      await lab.startDaemon();
      const ann = await hadBy('ann', 22_041, ['2001:db8::7', '::ffff:198.51.100.7', '2001:db8::7']);
      const ben = await hadBy('ben', 22_041, [], false);
      const ask = (address: string, at: number) => lab.services.whoHadIt(admin, { address, at });

      const [spell, ...others] = await ask('labs.example.org:22041', ann.opened + minute);
      assert.deepEqual(others, []);
      assert.equal(spell?.reservationId, ann.id);
      assert.equal(spell.user.name, 'ann');
      assert.equal(spell.node, 'sim1');
      assert.equal(spell.address, 'labs.example.org:22041');
      assert.equal(spell.from, ann.opened);
      assert.ok((spell.until ?? 0) >= ann.opened + 10 * minute);
      assert.deepEqual(
        spell.cameFrom.map(({ address, how }) => `${how} ${address}`),
        ['terminal 2001:db8::7', 'terminal 198.51.100.7'],
      );

      const whose = async (address: string, at: number) =>
        (await ask(address, at)).map(({ user }) => user.name);
      assert.deepEqual(await whose('22041', ann.opened - minute), [], 'before');
      assert.deepEqual(await whose('22041', ann.opened + 40 * minute), [], 'between the two');
      assert.deepEqual(
        await whose('10.9.9.9:22041', ben.opened + 5 * minute),
        ['ben'],
        'another name of the host',
      );
      assert.deepEqual(await whose('22042', ben.opened), [], 'another port');
      const onNode = await lab.services.whoHadIt(admin, { node: 'sim1', at: ann.opened + minute });
      assert.deepEqual(
        onNode.map(({ reservationId }) => reservationId),
        [ann.id],
      );
    });

    it('knows what the daemon opened, and from where Connect was pressed', async () => {
      await lab.startDaemon();
      const ann = await lab.person('ann');
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
      const { methods } = await lab.services.connect(ann, id, '198.51.100.7');
      await lab.services.connect(ann, id, '2001:db8::7');
      await lab.services.connect(ann, id, '2001:db8::7');
      const address = `${methods[0]?.host}:${methods[0]?.port}`;
      const [spell] = await lab.services.whoHadIt(admin, { address, at: Date.now() });
      assert.equal(spell?.reservationId, id);
      assert.equal(spell.address, address);
      assert.deepEqual(
        spell.cameFrom.map((one) => one.address),
        ['198.51.100.7', '2001:db8::7'],
      );
    });

    it('says what is wrong with the question, and answers administrators alone', async () => {
      const ann = await lab.person('ann');
      await assert.rejects(lab.services.whoHadIt(ann, { node: 'sim1', at: 0 }), { code: 'not-allowed' });
      for (const [request, field] of [
        [{ at: 0 }, 'address'],
        [{ address: 'labs.example.org', at: 0 }, 'address'],
        [{ address: 'x:70000', at: 0 }, 'address'],
        [{ node: 'sim1', at: Date.now() + day }, 'at'],
      ] as const) {
        const told = lab.services.whoHadIt(admin, request);
        await assert.rejects(told, (error: { fields: object }) => Object.keys(error.fields)[0] === field);
      }
    });

    it('keeps it a year', async () => {
      const at = { kind: 'access-opened', port: 22_000, retention: 'access' as const };
      await inTransaction(lab.db, (tx) => addEvent(tx, at));
      const left = async () => (await lab.db.knex('events').where({ kind: 'access-opened' })).length;
      lab.db.clockOffset += 364 * day;
      await auditBooks(lab.deps);
      assert.equal(await left(), 1);
      lab.db.clockOffset += 2 * day;
      await auditBooks(lab.deps);
      assert.equal(await left(), 0);
    });
  });
});
