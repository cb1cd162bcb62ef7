import assert from 'node:assert/strict';
import request from 'supertest';
import { setClock } from '../../src/lib/clock.ts';
import { asDocumented } from '../helpers/as-documented.ts';
import { administratorToken, asAdministrator, testApp } from '../helpers/web-app.ts';

const weekly = {
  ...{ course: '2', image: 'tiny', seats: '30', kind: 'weekly', weekdays: ['2', '4'], every: '1' },
  ...{ from: '10:00', until: '11:30', first: '2027-04-12', last: '2027-07-16', except: '2027-05-18' },
};

describe('the pages of seats of classes', () => {
  const { app, lab } = testApp();
  const get = (path: string) => request(app).get(path).set('cookie', asAdministrator);
  const post = (path: string, fields: object) =>
    request(app)
      .post(path)
      .set('cookie', asAdministrator)
      .type('form')
      .send({ csrf: administratorToken, ...fields });

  it('show what fits, and ask for what was chosen', async () => {
    const preview = await post('/blocks/preview', weekly);
    assert.equal(preview.status, 200);
    assert.match(preview.text, /11 of 13 dates fit, 1 left out\./);
    assert.match(preview.text, /Debian instead/);
    assert.match(preview.text, /role="status">.*not published to 2 of 30 in Physics 1/);
    const [, start] = /name="choice-(\d+)"/.exec(preview.text) ?? [];
    const asked = await post('/blocks', { ...weekly, [`choice-${start}`]: 'seats:12' });
    assert.equal(asked.headers.location, '/blocks/8?said=block-asked');
    const wish = JSON.parse((lab.asked.at(-1) ?? '').replace('ask-block ', '')) as Record<string, unknown>;
    assert.deepEqual(wish.choices, [{ start: Number(start), seats: 12 }]);
    assert.deepEqual((wish.recurrence as { weekdays: number[] }).weekdays, [2, 4]);
  });

  it('ask for what is left of the term', async () => {
    const first = async () =>
      /name="first"[^>]*value="([\d-]+)"/.exec((await get('/blocks/ask?course=2')).text)?.[1];
    const back = setClock(Date.parse('2027-04-01T12:00Z'), 0);
    try {
      assert.equal(await first(), '2027-04-12');
      setClock(Date.parse('2027-05-02T22:30Z'), 0);
      assert.equal(await first(), '2027-05-03', 'it is Monday in Berlin');
    } finally {
      back();
    }
  });

  it('name the field that is wrong, and keep what was typed', async () => {
    const early = await post('/blocks/preview', { ...weekly, until: '09:00' });
    assert.equal(early.status, 422);
    assert.match(early.text, /id="until-error".*before it starts/);
    assert.match(early.text, /value="2027-05-18"/);
    const many = await post('/blocks', { ...weekly, seats: '101' });
    assert.match(many.text, /at most 100 seats/);
    const listed = await post('/blocks/preview', { ...weekly, kind: 'listed', times: 'on Monday' });
    assert.match(listed.text, /write it as 2027-05-03 14:00-15:30/);
  });

  it('show a block, decide about it, and change its dates', async () => {
    const held = await get('/blocks/7');
    assert.match(held.text, /30 held, 27 claimed, 1 lost/);
    assert.match(held.text, /Leave it out/);
    assert.equal((await post('/blocks/8/approve', { skipsShort: '1', version: '3' })).status, 303);
    assert.equal(lab.asked.at(-1), 'approve 8 {"skipsShort":true,"version":3}');
    assert.match((await post('/blocks/8/reject', { reason: ' ' })).text, /who asked for it reads it/);
    await post('/blocks/7/dates/75', { what: 'restore' });
    assert.equal(lab.asked.at(-1), 'change-date 7 75 {"skip":false}');
    assert.match((await get('/blocks/7/edit')).text, /name="weekdays" value="2" checked/);
    assert.match((await get('/blocks/7/edit')).text, /name="choice-\d+" value="skip"/);
  });

  it('show every seat of a date, trouble first, and let who attends the class take one', async () => {
    const wall = await get('/blocks/7/dates/31');
    assert.equal(wall.status, 200);
    const counts = [...wall.text.matchAll(/<strong>(\d+)<\/strong> ([a-z ]+)/g)].map(
      ([, n, word]) => `${n} ${word}`,
    );
    assert.deepEqual(counts, ['1 lost', '1 down', '2 loading', '4 not claimed', '4 ready', '28 connected']);
    const tiles = [...wall.text.matchAll(/wall-tile wall-([a-z]+)/g)].map(([, state]) => state);
    assert.deepEqual([tiles.length, ...tiles.slice(0, 4)], [40, 'lost', 'down', 'loading', 'loading']);
    assert.match(wall.text, /data-live="\/blocks\/7\/dates\/31\/events"/);
    const home = await get('/');
    assert.match(home.text, /action="\/classes\/31\/claim"/);
    assert.match(home.text, /Take your seat from /);
    assert.match(home.text, /href="\/classes\/31"/);
    assert.match((await get('/classes/31')).text, /Take your seat<\/button>/);
    assert.match((await get('/classes/32')).text, /You can take it from /);
    assert.equal((await get('/classes/99')).status, 404);
    assert.equal((await post('/classes/31/claim', {})).headers.location, '/reservations/1');
    assert.match(home.text, /href="\/classes\/33".*Every seat is taken\./s);
    assert.doesNotMatch(home.text, /\/classes\/33\/claim/);
    const full = await post('/classes/33/claim', {});
    assert.equal(full.status, 409);
    assert.match(
      full.text,
      /Every seat of this class is taken.*href="\/reserve\?image=tiny">Start a machine of your own/s,
    );
  });

  it('let who teaches speak to the class, and give it more time', async () => {
    const wall = await get('/blocks/7/dates/31');
    assert.equal([...wall.text.matchAll(/<dialog id="do-/g)].length, 6);
    assert.match(wall.text, /Ada Lovelace \(ada\), 30 min more/);
    const sent = await post('/blocks/7/dates/31/do/say', { text: 'Five more minutes.' });
    assert.equal(sent.headers.location, '/blocks/7/dates/31?said=class-told');
    assert.equal(lab.asked.at(-1), 'say 7 31 Five more minutes.');
    await post('/blocks/7/dates/31/do/extra', { person: 'ada', minutes: '20', later: '1' });
    assert.equal(lab.asked.at(-1), 'extra 7 31 {"person":"ada","minutes":20,"later":true}');
    await post('/blocks/7/dates/31/do/start', { person: 'dana' });
    assert.equal(lab.asked.at(-1), 'start-for 7 31 dana');
    assert.match((await get('/blocks/7/dates/31/do/another')).text, /<option value="ada">(?!.*dana)/s);
    const given = await post('/blocks/7/dates/31/do/another', { person: 'ada' });
    assert.equal(given.headers.location, '/blocks/7/dates/31?said=class-another');
    assert.equal(lab.asked.at(-1), 'another 7 31 ada');
    await post('/blocks/7/dates/31/do/end', {});
    assert.equal(lab.asked.at(-1), 'end-class 7 31');
    const long = await post('/blocks/7/dates/31/do/extend', { minutes: '999' });
    assert.equal(long.status, 422);
    assert.match(long.text, /value="999" aria-invalid=true aria-describedby=minutes-error/);
    assert.equal((await get('/blocks/7/dates/31/do/nothing')).status, 404);
  });

  it('and the API say the same, as it is documented', async () => {
    const api = (method: 'get' | 'post' | 'patch', path: string, body?: object) =>
      request(app)[method](`/api/v1${path}`).set('authorization', 'Bearer admin-session-secret').send(body);
    await api('get', '/blocks?state=asked').expect(200).expect(asDocumented);
    await api('get', '/blocks/7').expect(200).expect(asDocumented);
    await api('get', '/blocks/7/dates/31/seats').expect(200).expect(asDocumented);
    await api('post', '/blocks/7/dates/31/message', { text: 'Hello' }).expect(200).expect(asDocumented);
    await api('post', '/blocks/7/dates/31/extend', { minutes: 15 }).expect(200).expect(asDocumented);
    const extra = { person: 'ada', minutes: 15 };
    await api('post', '/blocks/7/dates/31/extra', extra).expect(200).expect(asDocumented);
    await api('post', '/blocks/7/dates/31/end').expect(200).expect(asDocumented);
    await api('post', '/blocks/7/dates/31/go-on').expect(200).expect(asDocumented);
    await api('post', '/blocks/7/dates/31/another', { person: 'ada' }).expect(200).expect(asDocumented);
    await api('post', '/blocks/7/dates/31/start', { person: 'ada' }).expect(200).expect(asDocumented);
    await api('get', '/classes/31').expect(200).expect(asDocumented);
    await api('get', '/classes').expect(200).expect(asDocumented);
    await api('post', '/classes/31/claim').expect(200).expect(asDocumented);
    const recurrence = { kind: 'once', date: '2027-05-03', from: '10:00', until: '11:00' };
    const wish = { courseId: 2, image: 'tiny', seats: 3, recurrence };
    await api('post', '/blocks/preview', wish).expect(200).expect(asDocumented);
    await api('post', '/blocks', wish).expect(201).expect(asDocumented);
    await api('patch', '/blocks/7/dates/75', { skip: false }).expect(200).expect(asDocumented);
    const wrong = await api('post', '/blocks', { ...wish, recurrence: { ...recurrence, until: '09:00' } });
    assert.equal(wrong.status, 422);
    assert.match(String(wrong.body.fields.until), /before it starts/);
    await api('post', '/blocks/8/reject', { reason: 'No room.' }).expect(200).expect(asDocumented);
  });
});
