import assert from 'node:assert/strict';
import type { Database } from '../../../db/connect.ts';
import { noLimits } from '../../../src/domain/limits.ts';
import {
  createAccount,
  passwordServices,
  setAccountPassword,
} from '../../../src/services/accounts/passwords.ts';
import { signInServices } from '../../../src/services/accounts/sign-in.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { isLabError } from '../../helpers/lab-error.ts';
import { addPerson, quickHash } from '../../helpers/people.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';

describe('passwords of accounts', () => {
  const passwordHash = quickHash('the first one');

  eachEngine((_engine, { open }) => {
    let db: Database;
    const setUp = async (person: { mustChangePassword?: boolean } = {}) => {
      db = await open();
      await addPerson(db, { name: 'ada', passwordHash, ...person });
      const deps = serviceDeps(db);
      const services = { ...signInServices(deps), ...passwordServices(deps) };
      const signIn = (password: string) => services.signIn({ name: 'ada', password, network: '192.0.2.7' });
      return { deps, services, signIn };
    };

    it('are changed by whoever knows the old one; other sessions end', async () => {
      const { services, signIn } = await setUp();
      const other = await signIn('the first one');
      const { session, me } = await signIn('the first one');
      await services.changePassword(me, { old: 'the first one', password: 'the second one', keep: session });
      assert.ok(await services.whoHasSession(session));
      assert.equal(await services.whoHasSession(other.session), null);
      await assert.rejects(signIn('the first one'), isLabError('sign-in.wrong'));
      await signIn('the second one');
    });

    it('are not changed without the old one', async () => {
      const { services, signIn } = await setUp();
      const { me } = await signIn('the first one');
      const change = (old: string | null) => services.changePassword(me, { old, password: 'the second one' });
      await assert.rejects(change('another one'), isLabError('input.invalid', 'old'));
      await assert.rejects(change(null), isLabError('input.invalid', 'old'));
      await signIn('the first one');
    });

    it('may be chosen without the old one while it is the first', async () => {
      const { services, signIn } = await setUp({ mustChangePassword: true });
      const { me } = await signIn('the first one');
      await services.changePassword(me, { old: null, password: 'the second one' });
      const again = services.changePassword(me, { old: null, password: 'the third one' });
      await assert.rejects(again, isLabError('input.invalid', 'old'));
    });

    for (const [why, password] of [
      ['too short', 'nine char'],
      ['the name', 'its-Ada-himself'],
      ['too long', 'x'.repeat(1001)],
      ['what it was', 'the first one'],
    ] as const) {
      it(`are refused when they are ${why}`, async () => {
        const { services, signIn } = await setUp();
        const { me } = await signIn('the first one');
        const change = services.changePassword(me, { old: 'the first one', password });
        await assert.rejects(change, isLabError('input.invalid', 'password'));
      });
    }

    it('cannot be guessed in a session that was left open', async () => {
      const { services, signIn } = await setUp();
      const { me } = await signIn('the first one');
      const guess = () => services.changePassword(me, { old: 'perhaps this', password: 'the second one' });
      for (let i = 0; i < 5; i++) await assert.rejects(guess(), isLabError('input.invalid', 'old'));
      await assert.rejects(guess(), isLabError('sign-in.slow-down'));
    });

    it('are set from the command line, which ends every session', async () => {
      const { deps, services, signIn } = await setUp();
      const { session } = await signIn('the first one');
      await setAccountPassword(deps, 'ada', 'given by hand');
      assert.equal(await services.whoHasSession(session), null);
      await signIn('given by hand');
      await assert.rejects(setAccountPassword(deps, 'nobody', 'given by hand'), isLabError('not-found'));
      await assert.rejects(setAccountPassword(deps, 'ada', 'short'), isLabError('input.invalid'));
    });

    it('come with new accounts', async () => {
      const { deps, services } = await setUp();
      await createAccount(deps, { name: 'bob', group: 'of ada', password: 'another long one' });
      const { me } = await services.signIn({ name: 'bob', password: 'another long one', network: '::1' });
      assert.deepEqual(me satisfies SignedIn, {
        ...{ id: 2, name: 'bob', displayName: 'bob', role: 'user', email: null, timeZone: null },
        ...{ groupIds: [1], courseIds: [] },
        ...{ limits: noLimits, mustChangePassword: false },
      });
      const again = (name: string, group = 'of ada') => createAccount(deps, { name, group, password: null });
      await assert.rejects(again('bob'), isLabError('name.taken', 'name'));
      await assert.rejects(again('Bob'), isLabError('input.invalid', 'name'));
      await assert.rejects(again('eve', 'nowhere'), isLabError('input.invalid', 'group'));
    });
  });
});
