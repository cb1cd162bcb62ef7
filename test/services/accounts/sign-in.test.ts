import assert from 'node:assert/strict';
import type { Database } from '../../../db/connect.ts';
import { addGroup, addUser } from '../../../db/repositories/accounts.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { noLimits } from '../../../src/domain/limits.ts';
import { minute } from '../../../src/domain/time.ts';
import { makeSignInLink, signInServices } from '../../../src/services/accounts/sign-in.ts';
import { eachEngine } from '../../helpers/database.ts';
import { isLabError } from '../../helpers/lab-error.ts';
import { addPerson, quickHash } from '../../helpers/people.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';

const network = '192.0.2.7';

describe('signing in', () => {
  const passwordHash = quickHash('a good long one');

  eachEngine((_engine, { open }) => {
    let db: Database;
    const right = (name = 'ada', from = network) => ({ name, password: 'a good long one', network: from });
    const wrong = (name = 'ada', from = network) => ({ name, password: 'a bad long one', network: from });
    const failed = (attempt: Promise<unknown>) => assert.rejects(attempt, isLabError('sign-in.wrong'));
    const slowed = (attempt: Promise<unknown>) => assert.rejects(attempt, isLabError('sign-in.slow-down'));
    const setUp = async (changes = {}) => {
      db = await open();
      await addPerson(db, { name: 'ada', passwordHash });
      return signInServices(serviceDeps(db, changes));
    };

    it('gives a session that says who it is, until it is signed out', async () => {
      const services = await setUp();
      const { session, me } = await services.signIn(right(' Ada '));
      assert.equal(me.name, 'ada');
      assert.deepEqual(await services.whoHasSession(session), me);
      const stored = await db.knex('sessions').select('hash');
      assert.ok(stored.length === 1 && stored[0].hash !== session);
      await services.signOut(session);
      assert.equal(await services.whoHasSession(session), null);
    });

    it('says the same for a wrong password and for nobody', async () => {
      const services = await setUp();
      await addPerson(db, { name: 'nopassword' });
      for (const name of ['ada', 'nobody', 'nopassword', '\u00e0da', "x' OR 1=1 --", '', 'x\0']) {
        await failed(services.signIn(wrong(name)));
      }
    });

    it('lasts 24 hours from its last use', async () => {
      const services = await setUp();
      const { session } = await services.signIn(right());
      for (let hours = 0; hours < 72; hours += 12) {
        db.clockOffset += 12 * 60 * minute;
        assert.ok(await services.whoHasSession(session));
      }
      db.clockOffset += 24 * 60 * minute + 1000;
      assert.equal(await services.whoHasSession(session), null);
    });

    it('asks the database once for each request', async () => {
      const services = await setUp();
      const { session } = await services.signIn(right());
      const before = db.counts.statements;
      await services.whoHasSession(session);
      assert.equal(db.counts.statements - before, 1);
    });

    it('makes the person slow who guesses, and nobody else', async () => {
      const services = await setUp();
      await addPerson(db, { name: 'bob', passwordHash });
      for (let i = 0; i < 5; i++) await failed(services.signIn(wrong()));
      await slowed(services.signIn(right()));
      await services.signIn(right('bob'));
      await services.signIn(right('ada', '192.0.2.8'));
      db.clockOffset += 1100;
      await services.signIn(right());
      await services.signIn(right());
    });

    it('doubles the wait with each failure', async () => {
      const services = await setUp();
      for (let i = 0; i < 5; i++) await failed(services.signIn(wrong()));
      for (const seconds of [1, 2, 4, 8]) {
        db.clockOffset += seconds * 1000 - 800;
        await slowed(services.signIn(wrong()));
        db.clockOffset += 900;
        await failed(services.signIn(wrong()));
      }
    });

    it('lets nobody guess faster by guessing at once', async () => {
      const services = await setUp();
      const guesses = await Promise.allSettled(Array.from({ length: 12 }, () => services.signIn(wrong())));
      const codes = guesses.map((guess) => (guess.status === 'rejected' ? guess.reason.code : 'in'));
      assert.deepEqual(codes.sort(), [
        ...Array.from({ length: 7 }, () => 'sign-in.slow-down'),
        ...Array.from({ length: 5 }, () => 'sign-in.wrong'),
      ]);
    });

    it('lets sixty people in at once who share an address', async () => {
      const services = await setUp();
      const names = Array.from({ length: 60 }, (_, i) => `student${i}`);
      for (const name of names) await addPerson(db, { name, passwordHash });
      const all = await Promise.all(names.map((name) => services.signIn(right(name))));
      assert.equal(new Set(all.map(({ session }) => session)).size, 60);
    });

    it('takes a link once, and for ten minutes', async () => {
      const services = await setUp();
      const deps = serviceDeps(db);
      const link = await makeSignInLink(deps, 'ada');
      const both = await Promise.allSettled([services.signInByLink(link), services.signInByLink(link)]);
      assert.deepEqual(both.map((use) => use.status).sort(), ['fulfilled', 'rejected']);
      const late = await makeSignInLink(deps, 'ada');
      db.clockOffset += 10 * minute + 1;
      await assert.rejects(services.signInByLink(late), isLabError('sign-in.link-used'));
      await assert.rejects(services.signInByLink('invented'), isLabError('sign-in.link-used'));
      await assert.rejects(makeSignInLink(deps, 'nobody'), isLabError('not-found'));
    });

    it('forgets a first password when it was used, and only then', async () => {
      const forgotten: string[] = [];
      const services = await setUp({ forgetFirstPassword: async (name: string) => forgotten.push(name) });
      await services.signInByLink(await makeSignInLink(serviceDeps(db), 'ada'));
      await failed(services.signIn(wrong()));
      assert.deepEqual(forgotten, []);
      await services.signIn(right());
      assert.deepEqual(forgotten, ['ada']);
    });

    it('asks for another password only where others can reach the site', async () => {
      await setUp();
      for (const beyondLoopback of [false, true]) {
        const services = signInServices(serviceDeps(await open(), { beyondLoopback }));
        const name = `new${beyondLoopback}`;
        await addPerson(db, { name, passwordHash, mustChangePassword: true });
        const { me } = await services.signIn(right(name));
        assert.equal(me.mustChangePassword, beyondLoopback);
      }
    });

    it('gives the strongest role and the most generous limits of all groups', async () => {
      const services = await setUp();
      await inTransaction(db, async (tx) => {
        const some = { ...noLimits, initialMinutes: 60, overlap: 1 };
        const students = await addGroup(tx, 'students', 'user', { ...some, totalMinutes: 120 });
        const makers = await addGroup(tx, 'makers', 'image-admin', { ...some, initialMinutes: 240 });
        const groupIds = [students, makers];
        await addUser(tx, {
          name: 'eve',
          displayName: 'Eve',
          passwordHash,
          mustChangePassword: 'never',
          groupIds,
        });
        await addUser(tx, {
          name: 'outcast',
          displayName: 'O',
          passwordHash,
          mustChangePassword: 'never',
          groupIds: [],
        });
      });
      const { me } = await services.signIn(right('eve'));
      assert.equal(me.role, 'image-admin');
      assert.deepEqual(me.limits, { ...noLimits, initialMinutes: 240, overlap: 1 });
      const outcast = await services.signIn(right('outcast'));
      assert.equal(outcast.me.role, 'user');
      assert.equal(outcast.me.limits.overlap, 0);
    });
  });
});
