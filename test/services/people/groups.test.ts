import assert from 'node:assert/strict';
import { LabError } from '../../../src/domain/errors.ts';
import { usualLimits } from '../../../src/domain/limits.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

describe('groups', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
      admin = await someone(lab.deps, 'admin', 'administrator');
    });
    afterEach(() => lab.close());
    const refused = async (work: Promise<unknown>, code: string, ...fields: string[]) => {
      const error = await work.then(
        () => assert.fail(`not refused: ${code}`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof LabError, String(error));
      assert.deepEqual([error.code, Object.keys(error.fields)], [code, fields]);
      return error.message;
    };

    it('give their people what they allow, from the next request on', async () => {
      await someone(lab.deps, 'ada');
      const limits = {
        initialMinutes: 60,
        totalMinutes: 90,
        extendMinutes: 0,
        overlap: 2,
        daysAhead: 0,
        upcoming: 0,
      };
      const { id } = await lab.services.addGroup(admin, {
        name: 'Physik Übung 1',
        role: 'image-admin',
        limits,
      });
      const own = (await lab.services.listGroups(admin)).find(({ name }) => name === 'of ada');
      await lab.services.editGroup(admin, own?.id ?? 0, {
        limits: { ...limits, initialMinutes: 30, overlap: null },
      });
      await lab.services.changeMembers(admin, id, { add: ['ada'] });
      const ada = await known(lab.deps, 'ada');
      assert.equal(ada.role, 'image-admin');
      assert.deepEqual([ada.limits.initialMinutes, ada.limits.overlap], [60, null]);
      const shown = await lab.services.inspectPerson(admin, ada.id);
      const from = (limit: string) => shown.limits.find((one) => one.limit === limit)?.from;
      assert.deepEqual([from('initialMinutes'), from('overlap')], [['Physik Übung 1'], ['of ada']]);
      assert.deepEqual([...(from('extendMinutes') ?? [])].sort(), ['Physik Übung 1', 'of ada']);
    });

    it('refuse what is no name or limit, by field', async () => {
      const add = (name: string, limits = {}) => lab.services.addGroup(admin, { name, limits });
      for (const name of ['', ' ', '…', 'n'.repeat(300), 'a,b', 'a;b', 'a|b', 'a\u202eb', 'a\u0007b'])
        await refused(add(name), 'input.invalid', 'name');
      for (const limits of [{ initialMinutes: 14 }, { initialMinutes: 1.5 }, { initialMinutes: 1e9 }])
        await refused(add('x', limits), 'input.invalid', 'initialMinutes');
      await refused(
        add('x', { overlap: 0, upcoming: -1, daysAhead: 401 }),
        'input.invalid',
        'overlap',
        'daysAhead',
        'upcoming',
      );
      await refused(add('x', { initialMinutes: 60, totalMinutes: 30 }), 'input.invalid', 'totalMinutes');
      await refused(add('x', { totalMinutes: 30 }), 'input.invalid', 'totalMinutes');
      await add('Students');
      for (const name of ['students', 'STUDENTS', 'stud ents', 'studеnts', 'Students.'])
        await refused(add(name), 'name.taken', 'name');
    });

    it('are changed by one administrator at a time', async () => {
      const { id } = await lab.services.addGroup(admin, { name: 'students' });
      const { version } = await lab.services.inspectGroup(admin, id);
      const other = await someone(lab.deps, 'other', 'administrator');
      const came = await Promise.allSettled([
        lab.services.editGroup(admin, id, { limits: { overlap: 2 }, version }),
        lab.services.editGroup(other, id, { limits: { overlap: 3 }, version }),
      ]);
      const lost = came.flatMap((one) => (one.status === 'rejected' ? [(one.reason as LabError).code] : []));
      assert.deepEqual(lost, ['changed-meanwhile']);
      const now = await lab.services.inspectGroup(admin, id);
      await lab.services.editGroup(admin, id, {
        name: 'Students',
        limits: { overlap: null },
        version: now.version,
      });
      const after = await lab.services.inspectGroup(admin, id);
      assert.deepEqual([after.name, after.limits], ['Students', usualLimits]);
      await refused(lab.services.editGroup(admin, 9999, {}), 'not-found');
    });

    it('take a pasted list of logins, and say what became of each', async () => {
      for (const name of ['ada', 'bob', 'gone']) await someone(lab.deps, name);
      await lab.services.removePerson(admin, (await known(lab.deps, 'gone')).id);
      const { id } = await lab.services.addGroup(admin, { name: 'students' });
      await lab.services.changeMembers(admin, id, { add: ['bob'] });
      const add = ['Ada', 'ada ', 'bob', 'gone', 'nobody', 'zoë', 'x'.repeat(300), ''];
      const reports = await lab.services.changeMembers(admin, id, { add, remove: ['bob', 'admin'] });
      assert.deepEqual(
        reports.map(({ name, done, says }) => [name, done, says]),
        [
          ['ada', true, 'Added.'],
          ['bob', false, 'They are in it already.'],
          ['gone', false, 'They were removed.'],
          ['nobody', false, 'There is nobody with that login.'],
          ['zoë', false, 'There is nobody with that login.'],
          ['x'.repeat(60), false, 'There is nobody with that login.'],
          ['bob', true, 'Taken out.'],
          ['admin', false, 'They are not in it.'],
        ],
      );
      assert.deepEqual(
        (await lab.services.inspectGroup(admin, id)).people.map(({ name }) => name),
        ['ada'],
      );
      await refused(lab.services.changeMembers(admin, id, { add: [' '] }), 'input.invalid', 'names');
    });

    it('are deleted when nothing hangs on them; what does is said, also when it comes at the same moment', async () => {
      await someone(lab.deps, 'ada');
      const { id } = await lab.services.addGroup(admin, { name: 'students' });
      await lab.services.changeMembers(admin, id, { add: ['ada'] });
      await lab.services.publishImage(admin, 'simulated', { visibility: 'groups', groups: ['students'] });
      assert.equal(
        await refused(lab.services.deleteGroup(admin, id), 'group.in-use'),
        'One person is in it and one image is published to it. Change that first.',
      );
      assert.deepEqual(
        (await lab.services.inspectGroup(admin, id)).sharedImages.map(({ name }) => name),
        ['simulated'],
      );
      await lab.services.publishImage(admin, 'simulated', { visibility: 'everyone' });
      await lab.services.changeMembers(admin, id, { remove: ['ada'] });
      await lab.services.deleteGroup(admin, id);
      for (let round = 0; round < 4; round++) {
        const group = await lab.services.addGroup(admin, { name: `group ${round + 2}` });
        await Promise.allSettled([
          lab.services.deleteGroup(admin, group.id),
          round % 2 === 0
            ? lab.services.changeMembers(admin, group.id, { add: ['ada'] })
            : lab.services.publishImage(admin, 'simulated', {
                visibility: 'groups',
                groups: [`group ${round + 2}`],
              }),
        ]);
      }
      for (const table of ['group_members', 'image_groups']) {
        const left = await lab.db.knex(table).whereNotIn('group_id', lab.db.knex('user_groups').select('id'));
        assert.deepEqual(left, [], table);
      }
    });

    it('are not deleted while a server names them: which, is said', async () => {
      const server = (name: string, loginGroup: string | null, adminGroup?: string) =>
        lab.services.takeServer(admin, { image: 'simulated', name, loginGroup, adminGroup });
      const { id } = await lab.services.addGroup(admin, { name: 'readers' });
      const taken = [await server('Wiki', 'readers'), await server('Forum', null, 'readers')];
      assert.equal(
        await refused(lab.services.deleteGroup(admin, id), 'group.in-use'),
        'The servers Forum and Wiki name it. Change that first.',
      );
      const { servers, hangs } = await lab.services.inspectGroup(admin, id);
      assert.deepEqual(
        [servers.map(({ name }) => name), hangs],
        [['Forum', 'Wiki'], 'The servers Forum and Wiki name it.'],
      );
      await lab.services.endReservation(admin, taken[0]?.id ?? 0);
      assert.match(
        await refused(lab.services.deleteGroup(admin, id), 'group.in-use'),
        /^The server Forum names it/,
      );
      await lab.services.changeServer(admin, taken[1]?.id ?? 0, { adminGroup: null });
      await lab.services.deleteGroup(admin, id);
    });
  });
});
