import assert from 'node:assert/strict';
import { gatewayDoors } from '../../../src/daemon/gateway-doors.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { sha256 } from '../../../src/lib/secrets.ts';
import { makeSignInLink } from '../../../src/services/accounts/sign-in.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const network = '192.0.2.1';

describe('accounts that are closed', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    let ada: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
      admin = await someone(lab.deps, 'admin', 'administrator');
      ada = await someone(lab.deps, 'ada');
    });
    afterEach(() => lab.close());
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: unknown) => (error instanceof LabError ? error.code : assert.fail(String(error))),
      );
    const signIn = (password: string) => lab.services.signIn({ name: 'ada', password, network });

    it('are refused at every door at once, and open again when enabled', async () => {
      const { session } = await signIn('password of ada');
      const token = await lab.services.createToken(ada, 'mine');
      const link = await makeSignInLink(lab.deps, 'ada');
      const { id } = await lab.services.reserve(ada, { image: 'simulated', minutes: 60 });
      const doors = gatewayDoors(lab.deps);
      await lab.startDaemon();
      await lab.reaches(ada, id, 'reserved');
      await lab.db.knex('reservations').update({ access_opened_at: 1 });
      await doors.opened({ reservationId: id, userId: ada.id });
      const ticket = { hash: '', user_id: ada.id, reservation_id: id, purpose: 'terminal', args: '{}' };
      const issue = (secret: string) =>
        lab.db.knex('tickets').insert({ ...ticket, hash: sha256(secret), expires_at: 9e15 });
      await issue('before');

      assert.deepEqual(await lab.services.disablePerson(admin, ada.id, { reservations: 'leave' }), {
        ended: 0,
      });
      assert.equal(await lab.services.whoHasSession(session), null);
      assert.equal(await codeOf(lab.services.whoHasToken(token)), 'account.disabled');
      assert.equal(await codeOf(lab.services.signInByLink(link)), 'sign-in.link-used');
      assert.equal(await codeOf(signIn('password of ada')), 'account.disabled');
      assert.equal(await codeOf(signIn('wrong')), 'sign-in.wrong', 'only whoever knows the password is told');
      assert.equal(
        await codeOf(lab.services.reserve(ada, { image: 'simulated', minutes: 60 })),
        'account.disabled',
      );
      assert.equal(await doors.redeemTicket('before', 'terminal'), null);
      await issue('after');
      assert.equal(await doors.redeemTicket('after', 'terminal'), null);
      assert.equal(await codeOf(doors.opened({ reservationId: id, userId: ada.id })), 'account.disabled');
      assert.equal((await lab.services.getReservation(admin, id)).state, 'reserved', 'their machine is left');

      await lab.services.enablePerson(admin, ada.id);
      assert.equal((await lab.services.whoHasToken(token))?.name, 'ada');
      assert.equal((await signIn('password of ada')).me.name, 'ada');
      await issue('again');
      assert.ok(await doors.redeemTicket('again', 'terminal'));
    });

    it('with their reservations ended: each is told by whom and why', async () => {
      const now = await lab.services.reserve(ada, { image: 'simulated', minutes: 60 });
      const later = await lab.services.reserve(ada, {
        image: 'simulated',
        minutes: 60,
        start: now.end + 86_400_000,
      });
      const how = { reservations: 'end', reason: 'The course is over' } as const;
      assert.deepEqual(await lab.services.disablePerson(admin, ada.id, how), { ended: 2 });
      for (const { id } of [now, later]) {
        const view = await lab.services.getReservation(admin, id);
        assert.equal(view.state, 'deleted');
        assert.match(view.reason ?? '', /The course is over/);
      }
      assert.deepEqual(await lab.services.disablePerson(admin, ada.id, how), { ended: 0 }, 'twice is once');
      const { events } = await lab.services.inspectPerson(admin, ada.id);
      const text = events.find(({ kind }) => kind === 'person.disabled')?.text;
      assert.equal(text, 'Disabled ada and ended their reservations: The course is over');
      await checkBooks(lab.db);
    });

    it('are removed once they have nothing, stay in the history, and their login is nobody else’s', async () => {
      const { id } = await lab.services.reserve(ada, { image: 'simulated', minutes: 60 });
      assert.equal(await codeOf(lab.services.removePerson(admin, ada.id)), 'person.live');
      await lab.startDaemon();
      await lab.reaches(ada, id, 'reserved');
      const node = (await lab.services.getReservation(ada, id)).nodeName ?? '';
      const at = Date.now();
      await lab.services.endReservation(ada, id);
      await lab.reaches(ada, id, 'complete');
      const token = await lab.services.createToken(ada, 'mine');
      await lab.services.removePerson(admin, ada.id);
      assert.equal(await lab.services.whoHasToken(token), null);
      assert.equal(
        await codeOf(signIn('password of ada')),
        'sign-in.wrong',
        'as if there were no such account',
      );
      const [spell] = await lab.services.whoHadIt(admin, { node, at });
      assert.equal(spell?.user.name, 'ada');
      assert.equal(await codeOf(lab.services.addPerson(admin, { name: 'ada', groups: [] })), 'name.taken');
      for (const work of [
        () => lab.services.editPerson(admin, ada.id, {}),
        () => lab.services.resetPassword(admin, ada.id),
        () => lab.services.disablePerson(admin, ada.id, { reservations: 'leave' }),
      ])
        assert.equal(await codeOf(work()), 'person.removed');
      const part = { sort: 'name', descending: false, offset: 0, limit: 9 } as const;
      const names = async (filter: object) =>
        (await lab.services.findPeople(admin, { ...part, filter })).items.map(({ name }) => name);
      assert.deepEqual([await names({}), await names({ state: 'removed' })], [['admin'], ['ada']]);

      await lab.services.enablePerson(admin, ada.id);
      const back = await lab.services.inspectPerson(admin, ada.id);
      assert.deepEqual([back.state, back.groups, back.tokens], ['active', [], 0]);
      const password = (await lab.services.resetPassword(admin, ada.id)) ?? '';
      assert.equal((await signIn(password)).me.id, ada.id);
    });

    it('never keep a booking that was made in the moment they were removed or disabled', async () => {
      for (let round = 0; round < 6; round++) {
        const name = `p${round}`;
        const person = await someone(lab.deps, name);
        const close = () =>
          round % 2 === 0
            ? lab.services.removePerson(admin, person.id)
            : lab.services.disablePerson(admin, person.id, { reservations: 'end' });
        const book = () =>
          lab.services.reserve(person, { image: 'simulated', minutes: 15, start: later(round) });
        const codes = await Promise.all([codeOf(book()), codeOf(close())]);
        const { state, bookings } = await lab.services.inspectPerson(admin, person.id);
        const live = bookings.filter((booking) => booking.live).length;
        if (state === 'active') assert.deepEqual([codes, live], [['done', 'person.live'], 1]);
        else assert.equal(live, 0, `${codes.join(' ')} ${state}`);
        assert.equal((await known(lab.deps, 'admin')).role, 'administrator');
      }
      await checkBooks(lab.db);
    });
  });
});

const later = (round: number) => Date.now() + (round + 1) * 86_400_000;
