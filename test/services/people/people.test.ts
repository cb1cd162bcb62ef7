import assert from 'node:assert/strict';
import { rowsOf } from '../../../db/raw-rows.ts';
import { LabError } from '../../../src/domain/errors.ts';
import type { NewPerson } from '../../../src/services/people.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const network = '192.0.2.1';
const one = { sort: 'name', descending: false, offset: 0, limit: 100 } as const;

describe('people', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 1 });
      admin = await someone(lab.deps, 'admin', 'administrator');
      await lab.services.addGroup(admin, { name: 'students', limits: { overlap: 1 } });
      await lab.services.addGroup(admin, { name: 'tutors', role: 'image-admin' });
    });
    afterEach(() => lab.close());
    const refused = async (work: Promise<unknown>, code: string, field?: string) => {
      const error = await work.then(
        () => assert.fail(`not refused: ${code}`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof LabError, String(error));
      assert.equal(error.code, code);
      if (field !== undefined) assert.ok(field in error.fields, JSON.stringify(error.fields));
    };

    it('come in with a first password that they must change, and that is written nowhere', async () => {
      const person = {
        name: 'Grace',
        displayName: 'Grace Hopper 💻',
        email: 'g@example.org',
        groups: ['students'],
      };
      const { id, password } = await lab.services.addPerson(admin, person);
      assert.match(password ?? '', /^\w{4}(-\w{4}){3}$/);
      const { me } = await lab.services.signIn({ name: 'grace', password: password ?? '', network });
      assert.equal(me.mustChangePassword, true, 'also where nobody else reaches the site');
      await lab.services.changePassword(me, { old: null, password: 'a sentence of my own' });
      const again = await lab.services.signIn({ name: 'grace', password: 'a sentence of my own', network });
      assert.equal(again.me.mustChangePassword, false);
      const detail = await lab.services.inspectPerson(admin, id);
      assert.equal(detail.displayName, 'Grace Hopper 💻');
      assert.deepEqual(
        detail.limits.find(({ limit }) => limit === 'overlap'),
        { limit: 'overlap', value: 1, from: ['students'] },
      );
      assert.deepEqual(
        detail.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('person.')),
        ['person.added'],
      );
      const events = rowsOf<{ data: string }>(await lab.db.knex.raw('SELECT data FROM events'));
      assert.ok(events.every(({ data }) => !data.includes(password ?? '-')));
    });

    it('are added once for a key, and the second answer has no password', async () => {
      const person = { name: 'grace', groups: [] };
      const first = await lab.services.addPerson(admin, person, { idempotencyKey: 'k' });
      const second = await lab.services.addPerson(admin, person, { idempotencyKey: 'k' });
      assert.deepEqual([second.id, second.password], [first.id, null]);
    });

    it('have no login, name or address that nobody could use or tell from another', async () => {
      const add = (over: Partial<NewPerson>) =>
        lab.services.addPerson(admin, { name: 'grace', groups: [], ...over });
      for (const name of [
        '',
        ' ',
        'a'.repeat(300),
        'gräce',
        'аdmin',
        '管理员',
        '1a',
        'a b',
        'a/b',
        '-a',
        'a\u202eb',
        "a'--",
      ])
        await refused(add({ name }), 'input.invalid', 'name');
      for (const displayName of ['…', 'n'.repeat(300), 'a\u0000b', 'ada\u202e', '\u200b\u200b'])
        await refused(add({ displayName }), 'input.invalid', 'displayName');
      for (const email of ['x', 'a b@c', `${'a'.repeat(300)}@example.org`, '<a@b>'])
        await refused(add({ email }), 'input.invalid', 'email');
      await refused(add({ groups: ['nobody’s'] }), 'input.invalid', 'groups');
      await refused(add({ name: 'ADMIN' }), 'name.taken', 'name');
      await refused(add({ name: 'adm1n' }), 'input.invalid', 'evenIfAlike');
      await add({ name: 'adm1n', evenIfAlike: true });
    });

    it('of a table: what is wrong with each is named, the others are added and can sign in', async () => {
      const csv = [
        'Login,Display name,E-mail,Groups',
        'ada,Ada Lovelace,ada@example.org,',
        'ada,,,',
        'admin,,,',
        '"bob",Bob,nowhere,',
        'Zoë,,,',
        ',,,',
        'cleo,,,students|tutors',
        'dora,,,ghosts',
        'dana,Ана,,',
        'aana,,,',
      ].join('\n');
      const request = { csv, groups: ['students'] };
      const says = (rows: Awaited<ReturnType<typeof lab.services.planPeople>>) =>
        rows.map(({ line, name, groups, problems, notes }) => [
          line,
          name,
          groups.join('+'),
          [...problems, ...notes].join(' '),
        ]);
      const plan = await lab.services.planPeople(admin, request);
      assert.deepEqual(says(plan), [
        [2, 'ada', 'students', ''],
        [3, 'ada', 'students', 'The login stands in line 2 too.'],
        [4, 'admin', 'students', 'The login is taken.'],
        [5, 'bob', 'students', 'Expected an e-mail address, such as ada@example.org.'],
        [
          6,
          'zoë',
          'students',
          'A login has a letter, then letters, digits, dots, hyphens or underscores; lower case, at most 60.',
        ],
        [8, 'cleo', 'students+tutors', ''],
        [9, 'dora', 'ghosts', 'There is no group "ghosts".'],
        [10, 'dana', 'students', ''],
        [11, 'aana', 'students', ''],
      ]);
      assert.ok(plan.every(({ id, password }) => id === undefined && password === undefined));
      const came = await lab.services.addPeople(admin, request);
      assert.deepEqual(says(came), says(plan));
      assert.deepEqual(
        came.filter(({ id }) => id !== undefined).map(({ name }) => name),
        ['ada', 'cleo', 'dana', 'aana'],
      );
      const cleo = came.find(({ name }) => name === 'cleo');
      const { me } = await lab.services.signIn({ name: 'cleo', password: cleo?.password ?? '', network });
      assert.deepEqual([me.role, me.mustChangePassword], ['image-admin', true]);
    });

    it('of a table that is pasted from a spreadsheet, or is none', async () => {
      const plan = await lab.services.planPeople(admin, {
        csv: 'login\tname\tother\nada\tLovelace, Ada\t\n',
        groups: [],
      });
      assert.deepEqual(
        plan.map(({ name, displayName, notes }) => [name, displayName, notes]),
        [['ada', 'Lovelace, Ada', ['In no group: may reserve nothing.']]],
      );
      const wrong = (csv: string, words: RegExp) =>
        assert.rejects(lab.services.planPeople(admin, { csv, groups: [] }), words);
      await wrong('', /first line must name the columns/);
      await wrong('ada,Ada', /first line must name the columns/);
      await wrong('login\n', /nobody below/);
      await wrong('login,username\na,b', /Two columns are the name/);
      await wrong('login,name\na,"Ada', /never closed/);
      const [shifted] = await lab.services.planPeople(admin, {
        csv: 'login,name\nada,Lovelace, Ada',
        groups: [],
      });
      assert.match(shifted?.problems.join(' ') ?? '', /more cells than the first line/);
      await wrong(
        ['login', ...Array.from({ length: 5001 }, (_, at) => `p${at}`)].join('\n'),
        /5001 rows: at most 5000/,
      );
      await refused(
        lab.services.planPeople(admin, { csv: 'login\nada', groups: ['ghosts'] }),
        'input.invalid',
        'groups',
      );
    });

    it('are found by what one knows of them, sorted and counted', async () => {
      const csv =
        'login,displayName,email,groups\nada,Ada,ada@example.org,students\nbob,Robert 100%,,students|tutors\ncleo,,,';
      await lab.services.addPeople(admin, { csv, groups: [] });
      const names = async (filter: object, over: object = {}) => {
        const { items, total } = await lab.services.findPeople(admin, { ...one, ...over, filter });
        assert.equal(total, items.length);
        return items.map(({ name }) => name).join(' ');
      };
      assert.equal(await names({}), 'ada admin bob cleo');
      assert.equal(await names({}, { sort: 'role', descending: true }), 'admin bob ada cleo');
      assert.equal(await names({}, { sort: 'email' }), 'ada admin bob cleo');
      assert.equal(await names({ search: '100%' }), 'bob');
      assert.equal(await names({ search: 'EXAMPLE' }), 'ada');
      assert.equal(await names({ group: 'students' }), 'ada bob');
      assert.equal(await names({ role: 'user' }), 'ada cleo');
      assert.equal(await names({ role: 'image-admin' }), 'bob');
      assert.equal(await names({ state: 'disabled' }), '');
      const first = await lab.services.listPeople(admin, { limit: 3, filter: {} });
      const rest = await lab.services.listPeople(admin, { limit: 3, filter: {}, cursor: first.next ?? '' });
      assert.deepEqual(
        [...first.items, ...rest.items].map(({ name }) => name),
        ['admin', 'ada', 'bob', 'cleo'],
      );
      assert.equal(rest.next, null);
    });

    it('are changed by one administrator at a time', async () => {
      const { id } = await lab.services.addPerson(admin, { name: 'ada', groups: [] });
      const { version } = await lab.services.inspectPerson(admin, id);
      const other = await someone(lab.deps, 'other', 'administrator');
      const came = await Promise.allSettled([
        lab.services.editPerson(admin, id, { displayName: 'Ada L.', groups: ['students'], version }),
        lab.services.editPerson(other, id, { email: 'ada@example.org', version }),
      ]);
      const lost = came.flatMap((one) => (one.status === 'rejected' ? [(one.reason as LabError).code] : []));
      assert.deepEqual(lost, ['changed-meanwhile']);
      await refused(lab.services.editPerson(admin, id, { groups: ['ghosts'] }), 'input.invalid', 'groups');
      await refused(lab.services.editPerson(admin, 9999, {}), 'not-found');
      await lab.services.editPerson(admin, id, { groups: [], email: '' });
      const now = await lab.services.inspectPerson(admin, id);
      assert.deepEqual([now.email, now.groups], [null, []]);
      assert.ok(
        now.limits.every(({ value, from }) => value === 0 && from.length === 0),
        'in no group, nothing',
      );
    });

    it('get a new first password from somebody else only, and their sessions end', async () => {
      const ada = await someone(lab.deps, 'ada');
      const { session } = await lab.services.signIn({ name: 'ada', password: 'password of ada', network });
      const token = await lab.services.createToken(ada, 'mine');
      const password = (await lab.services.resetPassword(admin, ada.id, {}, { idempotencyKey: 'k' })) ?? '';
      assert.equal(await lab.services.resetPassword(admin, ada.id, {}, { idempotencyKey: 'k' }), null);
      assert.equal(await lab.services.whoHasSession(session), null);
      assert.equal((await lab.services.whoHasToken(token))?.name, 'ada');
      assert.ok((await lab.services.signIn({ name: 'ada', password, network })).me.mustChangePassword);
      await lab.services.resetPassword(admin, ada.id, { revokeTokens: true });
      assert.equal(await lab.services.whoHasToken(token), null);
      await refused(lab.services.resetPassword(admin, admin.id), 'person.yourself');
    });

    it('are nobody’s business who is no administrator, or is none any more', async () => {
      const { services } = lab;
      const calls: readonly ((me: SignedIn) => Promise<unknown>)[] = [
        (me) => services.findPeople(me, { ...one, filter: {} }),
        (me) => services.listPeople(me, { limit: 1, filter: {} }),
        (me) => services.inspectPerson(me, 1),
        (me) => services.addPerson(me, { name: 'x', groups: [] }),
        (me) => services.planPeople(me, { csv: 'login\nx', groups: [] }),
        (me) => services.addPeople(me, { csv: 'login\nx', groups: [] }),
        (me) => services.editPerson(me, 1, {}),
        (me) => services.resetPassword(me, 1),
        (me) => services.disablePerson(me, 1, { reservations: 'leave' }),
        (me) => services.enablePerson(me, 1),
        (me) => services.removePerson(me, 1),
        (me) => services.listGroups(me),
        (me) => services.inspectGroup(me, 1),
        (me) => services.addGroup(me, { name: 'x' }),
        (me) => services.editGroup(me, 1, {}),
        (me) => services.changeMembers(me, 1, { add: ['x'] }),
        (me) => services.deleteGroup(me, 1),
      ];
      for (const role of ['user', 'image-admin'] as const)
        for (const call of calls) await refused(call({ ...admin, role }), 'not-allowed');
      const other = await someone(lab.deps, 'other', 'administrator');
      await services.editPerson(admin, other.id, { groups: ['students'] });
      await refused(services.addPerson(other, { name: 'late', groups: [] }), 'not-allowed');
    });
  });
});
