import assert from 'node:assert/strict';
import { noLimits } from '../../../src/domain/limits.ts';
import { newKeyPair } from '../../../src/lib/ssh-keys.ts';
import { keyServices } from '../../../src/services/accounts/keys-and-tokens.ts';
import { announcementServices, preferenceServices } from '../../../src/services/accounts/preferences.ts';
import { signInServices } from '../../../src/services/accounts/sign-in.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { isLabError } from '../../helpers/lab-error.ts';
import { addPerson } from '../../helpers/people.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';

describe('what belongs to an account', () => {
  eachEngine((_engine, { open }) => {
    const setUp = async () => {
      const db = await open();
      const person = async (name: string, role: SignedIn['role']): Promise<SignedIn> => ({
        ...{ id: await addPerson(db, { name, role }), name, role, displayName: name },
        ...{ email: null, timeZone: null, limits: noLimits, mustChangePassword: false },
      });
      const [ada, bob] = [await person('ada', 'user'), await person('bob', 'administrator')];
      const deps = serviceDeps(db);
      const services = {
        ...signInServices(deps),
        ...keyServices(deps),
        ...preferenceServices(deps),
        ...announcementServices(deps),
      };
      return { db, ada, bob, services };
    };

    it('a token is its person until it is revoked, and is not kept', async () => {
      const { db, ada, bob, services } = await setUp();
      const token = await services.createToken(ada, 'laptop');
      assert.match(token, /^lab_[\w-]{43}$/);
      assert.deepEqual(await services.whoHasToken(token), { ...ada, groupIds: [1], courseIds: [] });
      assert.doesNotMatch(JSON.stringify(await db.knex('api_tokens')), new RegExp(token));
      const [listed] = await services.listTokens(ada);
      assert.equal(listed?.label, 'laptop');
      await assert.rejects(services.revokeToken(bob, listed?.id ?? 0), isLabError('not-found'));
      await services.revokeToken(ada, listed?.id ?? 0);
      assert.equal(await services.whoHasToken(token), null);
    });

    it('a token has a label', async () => {
      const { ada, services } = await setUp();
      for (const label of ['', ' ', '\0', 'x'.repeat(121)]) {
        await assert.rejects(services.createToken(ada, label), isLabError('input.invalid', 'label'));
      }
    });

    it('SSH keys are added once, listed with their fingerprints, and removed by their person', async () => {
      const { ada, bob, services } = await setUp();
      const key = newKeyPair('ada@laptop').public;
      await services.addSshKey(ada, '', key);
      const again = services.addSshKey(ada, 'the same', key.replace('ada@laptop', 'otherwise'));
      await assert.rejects(again, isLabError('input.invalid', 'publicKey'));
      await services.addSshKey(bob, 'shared with Ada', key);
      const [listed] = await services.listSshKeys(ada);
      assert.equal(listed?.label, 'ada@laptop');
      assert.match(listed?.fingerprint ?? '', /^SHA256:[\w+/]{43}$/);
      await assert.rejects(services.removeSshKey(bob, listed?.id ?? 0), isLabError('not-found'));
      await services.removeSshKey(ada, listed?.id ?? 0);
      assert.deepEqual(await services.listSshKeys(ada), []);
    });

    it('there are at most twenty keys, also when they come at once', async () => {
      const { ada, services } = await setUp();
      const keys = Array.from({ length: 25 }, () => newKeyPair('key').public);
      const added = await Promise.allSettled(keys.map((key) => services.addSshKey(ada, '', key)));
      assert.equal(added.filter((one) => one.status === 'fulfilled').length, 20);
      assert.equal((await services.listSshKeys(ada)).length, 20);
    });

    it('a time zone is one that there is', async () => {
      const { ada, services } = await setUp();
      const token = await services.createToken(ada, 'laptop');
      await services.setTimeZone(ada, 'Europe/Berlin');
      assert.equal((await services.whoHasToken(token))?.timeZone, 'Europe/Berlin');
      await services.setTimeZone(ada, '');
      assert.equal((await services.whoHasToken(token))?.timeZone, null);
      for (const zone of ['Mars/Olympus', '+02:00', '../etc/passwd', 'x'.repeat(200)]) {
        await assert.rejects(services.setTimeZone(ada, zone), isLabError('input.invalid', 'timeZone'));
      }
    });

    it('announcements are made by administrators, and shown until they are over or withdrawn', async () => {
      const { db, ada, bob, services } = await setUp();
      await assert.rejects(services.announce(ada, 'Party', null), isLabError('not-allowed'));
      await assert.rejects(services.announce(bob, ' ', null), isLabError('input.invalid', 'text'));
      await assert.rejects(services.announce(bob, 'Late', 1000), isLabError('input.invalid', 'until'));
      await services.announce(bob, 'Until tomorrow', Date.now() + 24 * 60 * 60_000);
      await services.announce(bob, 'For good', null);
      const texts = async () => (await services.listAnnouncements()).map(({ text }) => text);
      assert.deepEqual(await texts(), ['For good', 'Until tomorrow']);
      db.clockOffset += 25 * 60 * 60_000;
      assert.deepEqual(await texts(), ['For good']);
      await assert.rejects(services.withdrawAnnouncement(ada, 2), isLabError('not-allowed'));
      await services.withdrawAnnouncement(bob, 2);
      await assert.rejects(services.withdrawAnnouncement(bob, 2), isLabError('not-found'));
      assert.deepEqual(await texts(), []);
    });
  });
});
