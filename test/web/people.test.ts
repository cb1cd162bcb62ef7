import assert from 'node:assert/strict';
import request from 'supertest';
import { LabError } from '../../src/domain/errors.ts';
import { administratorToken, asAdministrator, type TestApp, testApp } from '../helpers/web-app.ts';

const get = ({ app }: TestApp, path: string) => request(app).get(path).set('cookie', asAdministrator);
const post = ({ app }: TestApp, path: string, fields: Record<string, string | string[]>) =>
  request(app)
    .post(path)
    .set('cookie', asAdministrator)
    .type('form')
    .send({ csrf: administratorToken, ...fields });
const bearer = { authorization: 'Bearer admin-session-secret' };

describe('the pages of people', () => {
  it('find, sort and hand out people, and lead from a search to the person', async () => {
    const web = testApp();
    const list = await get(web, '/people?sort=-email&role=nonsense&state=nonsense');
    assert.match(list.text, /Sam Student/);
    assert.match(list.text, /aria-sort="descending"/);
    assert.doesNotMatch(list.text, /Gone Girl/);
    assert.match((await get(web, '/people?search=zzz')).text, /Nobody is like that/);
    const csv = await get(web, '/people?format=csv');
    assert.match(csv.text, /^id,login,displayName,email,state,role,groups,/);
    assert.match((await get(web, '/groups?format=csv')).text, /^id,name,role,members,images,initialMinutes,/);
  });

  it('say who somebody is, what they may have and from which group, and what they have', async () => {
    const web = testApp();
    const { text } = await get(web, '/people/3');
    assert.match(text, /First booking<\/dt><dd>4 h<span class="row-note">students/);
    assert.match(text, /href="\/reservations\/7">Tiny Linux/);
    for (const action of ['password', 'disable', 'remove'])
      assert.ok(text.includes(`href="/people/3/${action}"`));
    const own = await get(web, '/people/1');
    assert.match(own.text, /This is you/);
    assert.doesNotMatch(own.text, /\/people\/1\/(password|disable|remove)/);
    assert.equal((await get(web, '/people/1/disable')).status, 409, 'nobody locks themselves out');
    assert.equal((await get(web, '/people/99')).status, 404);
    const gone = await get(web, '/people/5');
    assert.match(gone.text, /Bring back/);
    assert.doesNotMatch(gone.text, /name="displayName"/);
  });

  it('add one, whose password is shown once; a taken login and one that looks alike are said at the field', async () => {
    const web = testApp();
    const added = await post(web, '/people/add', { name: 'ada', groups: ['students', 'administrators'] });
    assert.match(added.text, /aaaa-bbbb-cccc-dddd/);
    assert.equal(added.headers['cache-control'], 'no-store');
    assert.deepEqual(JSON.parse((web.lab.asked[0] ?? '').replace('add-person ', '')).groups, [
      'students',
      'administrators',
    ]);
    const taken = await post(web, '/people/add', { name: 'student', groups: 'students' });
    assert.equal(taken.status, 409);
    assert.match(taken.text, /id="name-error"/);
    assert.match(taken.text, /value="students" checked/);
    const alike = await post(web, '/people/add', { name: 'stud3nt' });
    assert.match(alike.text, /name="evenIfAlike"/);
    assert.match((await post(web, '/people/add', { name: 'stud3nt', evenIfAlike: '1' })).text, /aaaa-bbbb/);
  });

  it('add many: first what it would do, then what came of each', async () => {
    const web = testApp();
    const plan = await post(web, '/people/table', { csv: 'login\nada', groups: 'students' });
    assert.match(plan.text, /2 of 3 can be added/);
    assert.match(plan.text, /It looks like student/);
    assert.doesNotMatch(plan.text, /aaaa-bbbb/);
    const done = await post(web, '/people/table', { csv: 'login\nada', groups: 'students', confirm: '1' });
    assert.match(done.text, /2 of 3 were added/);
    assert.match(done.text, /data-copy="ada,aaaa-bbbb-cccc-dddd\nstud3nt,aaaa-bbbb-cccc-dddd"/);
  });

  it('change somebody; who comes second is told and sees what it is now', async () => {
    const web = testApp();
    const typed = { displayName: 'Sam S.', email: '', groups: 'students' };
    assert.equal((await post(web, '/people/3', { ...typed, version: '77' })).status, 303);
    const second = await post(web, '/people/3', { ...typed, version: '76' });
    assert.equal(second.status, 409);
    assert.match(second.text, /Somebody else changed this/);
    assert.match(second.text, /value="Sam Student"/);
    assert.match(second.text, /name="version" value="77"/);
  });

  it('disable with or without their reservations, enable, remove, and give a new password', async () => {
    const web = testApp();
    assert.match((await get(web, '/people/3/disable')).text, /files that are open in the browser are closed/);
    const unsaid = await post(web, '/people/3/disable', {});
    assert.equal(unsaid.status, 422);
    await post(web, '/people/3/disable', { reservations: 'end', reason: 'Left' });
    await post(web, '/people/4/enable', {});
    assert.match((await post(web, '/people/3/remove', {})).text, /They have reservations/);
    await post(web, '/people/4/remove', {});
    assert.match((await post(web, '/people/3/password', { revokeTokens: '1' })).text, /aaaa-bbbb-cccc-dddd/);
    assert.deepEqual(web.lab.asked, [
      'disable 3 {"reservations":"end","reason":"Left"}',
      'enable 4',
      'remove 4',
      'reset-password 3 {"revokeTokens":true}',
    ]);
  });

  it('tell somebody with a token or a password that the account is disabled', async () => {
    const refuse = async () => {
      throw new LabError('account.disabled');
    };
    const web = testApp({ whoHasToken: refuse, signIn: refuse });
    const answer = await request(web.app).get('/api/v1/reservations').set(bearer);
    assert.deepEqual([answer.status, answer.body.code], [403, 'account.disabled']);
    const visit = await request(web.app).get('/sign-in');
    const cookie = String(visit.headers['set-cookie']).split(';')[0] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(visit.text)?.[1] ?? '';
    const form = { csrf, name: 'ada', password: 'right' };
    const page = await request(web.app).post('/sign-in').set('cookie', cookie).type('form').send(form);
    assert.equal(page.status, 403);
    assert.match(page.text, /Your account is disabled\. Please ask an administrator/);
  });
});

describe('the pages of groups', () => {
  const limits = {
    initialMinutes: '240',
    totalMinutes: '',
    extendMinutes: '',
    overlap: '2',
    daysAhead: '',
    upcoming: '',
    servers: '',
  };

  it('change what a group allows, empty being no limit', async () => {
    const web = testApp();
    const saved = await post(web, '/groups/2', { name: 'students', role: 'user', ...limits, version: '4' });
    assert.equal(saved.status, 303);
    const { limits: asked } = JSON.parse((web.lab.asked[0] ?? '').replace('edit-group 2 ', '')) as {
      limits: object;
    };
    assert.deepEqual(asked, {
      initialMinutes: 240,
      totalMinutes: null,
      extendMinutes: null,
      overlap: 2,
      daysAhead: null,
      upcoming: null,
      servers: null,
    });
    const second = await post(web, '/groups/2', { name: 'mine', role: 'user', ...limits, version: '3' });
    assert.match(second.text, /Somebody else changed this/);
    assert.match(second.text, /value="students"/);
    const wrong = await post(web, '/groups/2', {
      name: 'mine',
      role: 'god',
      ...limits,
      overlap: 'x',
      version: '4',
    });
    assert.equal(wrong.status, 422);
    for (const field of ['role', 'overlap']) assert.ok(wrong.text.includes(`id="${field}-error"`), field);
    assert.match(
      (await post(web, '/groups/add', { name: 'students', role: 'user', ...limits })).text,
      /name-error/,
    );
    assert.equal((await post(web, '/groups/add', { name: 'new', role: 'user', ...limits })).status, 303);
  });

  it('take a pasted list, keep what could not be added, and delete what nothing hangs on', async () => {
    const web = testApp();
    const changed = await post(web, '/groups/2/members', { add: 'ada, bob\nnobody', remove: ['student'] });
    assert.equal(web.lab.asked[0], 'members 2 +ada,bob,nobody -student');
    assert.match(changed.text, /There is nobody with that login/);
    assert.match(changed.text, />nobody<\/textarea>/);
    const nobody = await post(web, '/groups/2/members', { add: ' ' });
    assert.equal(nobody.status, 422);
    const used = await get(web, '/groups/2/delete');
    assert.match(used.text, /It cannot be deleted: 2 people are in it/);
    assert.match((await get(web, '/groups/3/delete')).text, /Delete it/);
    assert.equal((await post(web, '/groups/3/delete', {})).headers.location, '/groups?said=group-deleted');
    assert.equal((await post(web, '/groups/2/delete', {})).status, 409);
  });
});

describe('people and groups in the API', () => {
  const call = (
    { app }: TestApp,
    method: 'get' | 'post' | 'patch' | 'delete',
    path: string,
    body?: object,
  ) => {
    const asked = request(app)[method](`/api/v1${path}`).set(bearer);
    return body === undefined ? asked : asked.send(body);
  };

  it('are read, added, changed and removed with the rights of the pages', async () => {
    const web = testApp();
    const { body: all } = await call(web, 'get', '/people?limit=2&role=user');
    assert.deepEqual(all.items[1].groups, ['students']);
    const { body: one } = await call(web, 'get', '/people/3');
    assert.deepEqual(one.limits[0], { limit: 'initialMinutes', value: 240, from: ['students'] });
    const added = await call(web, 'post', '/people', { name: 'ada' });
    assert.deepEqual([added.status, added.body.password], [201, 'aaaa-bbbb-cccc-dddd']);
    const dry = await call(web, 'post', '/people/table', { csv: 'login\nada', dryRun: true });
    assert.deepEqual(
      dry.body.rows.map((row: { id: number | null }) => row.id),
      [null, null, null],
    );
    assert.equal((await call(web, 'patch', '/people/3', { version: 1 })).body.code, 'changed-meanwhile');
    assert.equal((await call(web, 'post', '/people/3/disable')).body.ended, 0);
    assert.equal((await call(web, 'post', '/people/3/disable', { reservations: 'end' })).body.ended, 2);
    assert.equal((await call(web, 'post', '/people/3/enable')).status, 204);
    assert.equal((await call(web, 'post', '/people/3/password')).body.password, 'aaaa-bbbb-cccc-dddd');
    assert.equal((await call(web, 'delete', '/people/3')).body.code, 'person.live');
    assert.equal((await call(web, 'delete', '/people/4')).status, 204);
    assert.equal((await call(web, 'get', '/groups')).body.items.length, 3);
    assert.equal((await call(web, 'get', '/groups/2')).body.people[0].name, 'student');
    assert.equal((await call(web, 'post', '/groups', { name: 'x', limits: { overlap: null } })).status, 201);
    assert.equal((await call(web, 'patch', '/groups/2', { limits: { overlap: 3 } })).status, 200);
    const wrong = await call(web, 'patch', '/groups/2', { limits: { overlap: '3', nonsense: 1 } });
    assert.deepEqual(Object.keys(wrong.body.fields).sort(), ['limits.overlap', 'nonsense']);
    assert.equal(
      (await call(web, 'post', '/groups/2/members', { add: ['nobody'] })).body.rows[0].done,
      false,
    );
    assert.equal((await call(web, 'delete', '/groups/3')).status, 204);
    assert.equal((await call(web, 'delete', '/groups/2')).status, 409);
  });
});
