import assert from 'node:assert/strict';
import request from 'supertest';
import { asDocumented } from '../helpers/as-documented.ts';
import { asStudent, studentToken, testApp } from '../helpers/web-app.ts';

/** The calendar by REST and by its page's forms. */
describe('the doors of a calendar', () => {
  const bearer = 'Bearer student-session-secret';
  const web = testApp({}, 'https://lab.example.org');
  const call = (method: 'get' | 'post' | 'put' | 'delete', path: string) =>
    request(web.app)[method](`/api/v1${path}`).set('authorization', bearer).expect(asDocumented);
  const post = (path: string, body: Record<string, string> = {}) =>
    request(web.app)
      .post(path)
      .set('cookie', `__Host-${asStudent}`)
      .type('form')
      .send({ csrf: studentToken, ...body });

  it('tell by REST what there is, and refuse what cannot be', async () => {
    const { body } = await call('get', '/calendar').expect(200);
    const items = body.items as { reservation: { id: number } | null; class: { teaches: boolean } | null }[];
    assert.deepEqual(
      items.map((one) => one.reservation?.id ?? one.class?.teaches),
      [7, false, 8, true],
    );
    await call('get', '/calendar?from=tomorrow').expect(422);
    await call('get', '/calendar?week=2').expect(422);
  });

  it('make an address by REST, revoke it, and switch invitations', async () => {
    const { body } = await call('get', '/calendar/address').expect(200);
    assert.equal(body.invited, true);
    const made = await call('post', '/calendar/address').expect(201);
    assert.deepEqual(made.body, { path: '/ical/new-secret-of-a-calendar.ics' });
    await call('delete', '/calendar/address').expect(204);
    await call('put', '/calendar/invitations').send({ invited: 'no' }).expect(422);
    await call('put', '/calendar/invitations').send({ invited: false }).expect(204);
    assert.deepEqual(web.lab.asked.splice(0), ['revoke-calendar-address', 'invited false']);
  });

  it('show a new address once, for browsers and for calendar programs', async () => {
    const { text } = await post('/calendar/address').expect(200);
    assert.match(text, /<code[^>]*>https:\/\/lab\.example\.org\/ical\/new-secret-of-a-calendar\.ics</);
    assert.match(text, /href="webcal:\/\/lab\.example\.org\/ical\/new-secret-of-a-calendar\.ics"/);
    await post('/calendar/address/revoke').expect(303).expect('location', '/calendar?said=address-revoked');
    await post('/calendar/invitations', { invited: 'no' }).expect('location', '/calendar?said=not-invited');
    await post('/calendar/invitations', { invited: 'perhaps' }).expect(422);
    assert.deepEqual(web.lab.asked.splice(0), ['revoke-calendar-address', 'invited false']);
  });
});
