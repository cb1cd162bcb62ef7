import assert from 'node:assert/strict';
import request, { type Test } from 'supertest';
import { minutesIn } from '../../src/web/fields.ts';
import { formToken } from '../../src/web/form-token.ts';
import * as sample from '../helpers/sample-views.ts';
import {
  administratorToken,
  asAdministrator,
  asStudent,
  studentToken,
  type TestApp,
  testApp,
} from '../helpers/web-app.ts';

function post({ app }: TestApp, path: string, fields: Record<string, string>, token = studentToken): Test {
  return request(app)
    .post(path)
    .set('cookie', asStudent)
    .type('form')
    .send({ csrf: token, ...fields });
}

const visitor = 'labrador-visitor=visitor-secret-of-24-letters';
const visitorToken = formToken('visitor-secret-of-24-letters');

describe('signing in', () => {
  const send = (web: TestApp, fields: Record<string, string>, token = visitorToken) =>
    request(web.app)
      .post('/sign-in')
      .set('cookie', visitor)
      .type('form')
      .send({ csrf: token, ...fields });

  it('goes on to where somebody wanted to go, with a cookie that scripts cannot read', async () => {
    const answer = await send(testApp(), {
      name: 'student',
      password: 'right password',
      next: '/start/tiny',
    });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/start/tiny');
    const cookies = String(answer.headers['set-cookie']);
    assert.match(cookies, /labrador-session=student-session-secret; Path=\/; HttpOnly; SameSite=Lax/);
  });

  it('has Secure cookies bound to the host where the site is https', async () => {
    const web = testApp({}, 'https://labs.example.org');
    const secret = visitor.replace('labrador-', '__Host-labrador-');
    const answer = await request(web.app)
      .post('/sign-in')
      .set('cookie', secret)
      .set('origin', 'https://labs.example.org')
      .type('form')
      .send({ csrf: visitorToken, name: 'student', password: 'right password' });
    assert.match(
      String(answer.headers['set-cookie']),
      /__Host-labrador-session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    );
    assert.match(String(answer.headers['strict-transport-security']), /max-age/);
  });

  for (const next of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/a\nb',
  ]) {
    it(`never goes on to ${JSON.stringify(next)}`, async () => {
      const answer = await send(testApp(), { name: 'student', password: 'right password', next });
      assert.equal(answer.headers.location, '/');
    });
  }

  it('says that they do not match, keeps the name and shows no password', async () => {
    const answer = await send(testApp(), { name: 'student', password: 'wrong password' });
    assert.equal(answer.status, 401);
    assert.match(answer.text, /do not match/);
    assert.match(answer.text, /value="student"/);
    assert.doesNotMatch(answer.text, /wrong password/);
  });

  it('shows a form that was open for too long again, with the name', async () => {
    const answer = await send(testApp(), { name: 'student', password: 'right password' }, 'old');
    assert.equal(answer.status, 403);
    assert.match(answer.text, /open for too long/);
    assert.match(answer.text, /value="student"/);
  });

  it('does not use a link up by looking at it', async () => {
    let used = 0;
    const web = testApp({
      signInByLink: async () => {
        used += 1;
        return { session: 'student-session-secret', me: sample.student };
      },
    });
    await request(web.app).get('/sign-in/link/fresh-link');
    assert.equal(used, 0);
    const answer = await request(web.app)
      .post('/sign-in/link/fresh-link')
      .set('cookie', visitor)
      .type('form')
      .send({ csrf: visitorToken });
    assert.equal(used, 1);
    assert.equal(answer.headers.location, '/');
  });

  it('says that a link was used already', async () => {
    const answer = await request(testApp().app)
      .post('/sign-in/link/old')
      .set('cookie', visitor)
      .type('form')
      .send({ csrf: visitorToken });
    assert.equal(answer.status, 410);
    assert.match(answer.text, /used already/);
  });

  it('comes back to the page that was asked for', async () => {
    const answer = await request(testApp().app).get('/start/tiny?x=1');
    assert.equal(answer.headers.location, '/sign-in?next=%2Fstart%2Ftiny%3Fx%3D1');
  });
});

describe('forms', () => {
  it('reserve with one press and go to the reservation', async () => {
    const web = testApp();
    const answer = await post(web, '/reserve', { image: 'tiny', minutes: '60', once: 'key-1' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, '/reservations/7');
    assert.deepEqual(web.lab.asked, ['reserve tiny 60 now']);
  });

  it('open the terminal when it is ready, when the launch link was followed', async () => {
    const answer = await post(testApp(), '/reserve', { image: 'tiny', minutes: '60', open: 'terminal' });
    assert.equal(answer.headers.location, '/reservations/7?open=terminal');
  });

  it('read a later start by the clock on the person’s wall', async () => {
    const web = testApp();
    await post(web, '/reserve', { image: 'tiny', minutes: '60', when: 'at', start: '2027-01-15T10:30' });
    assert.deepEqual(web.lab.asked, [`reserve tiny 60 ${Date.parse('2027-01-15T09:30Z')}`]);
  });

  it('takes a length as people type it', async () => {
    const lengths = { '90': 90, ' 45 min ': 45, '1:30': 90, '2h': 120, '1 H 30': 90, '1 h 5 min': 65 };
    for (const [typed, minutes] of Object.entries(lengths)) assert.equal(minutesIn(typed), minutes, typed);
    for (const typed of ['', 'h', '1:3', '1.5', '2 days', '1e3', '1 h 2 h'])
      assert.equal(minutesIn(typed), null, typed);
    const web = testApp();
    await post(web, '/reserve', { image: 'tiny', minutes: '1 h 30', when: 'now' });
    assert.match(web.lab.asked.join(), /^reserve tiny 90/);
  });

  const wrong: readonly [string, Record<string, string>, RegExp][] = [
    ['minutes 0', { image: 'tiny', minutes: '0' }, /at least 1 minute/],
    ['minutes -1', { image: 'tiny', minutes: '-1' }, /at least 1 minute/],
    ['minutes 1e9', { image: 'tiny', minutes: '1e9' }, /whole number of minutes/],
    ['a billion minutes', { image: 'tiny', minutes: '1000000000' }, /at most 576000 minutes/],
    ['minutes ten', { image: 'tiny', minutes: 'ten' }, /whole number of minutes/],
    ['no minutes', { image: 'tiny' }, /whole number of minutes/],
    ['an unknown environment', { image: 'unknown', minutes: '60' }, /no such environment/],
    [
      'a start that is none',
      { image: 'tiny', minutes: '60', when: 'at', start: 'soon' },
      /a date and a time/,
    ],
    ['a NUL', { image: 'ti\u0000ny', minutes: '60' }, /control characters/],
    ['a script', { image: '<script>alert(1)</script>', minutes: 'x' }, /whole number/],
  ];
  for (const [name, fields, sentence] of wrong) {
    it(`name the field with ${name}`, async () => {
      const web = testApp();
      const answer = await post(web, '/reserve', fields);
      assert.equal(answer.status, 422);
      assert.match(answer.text, sentence);
      assert.match(answer.text, /id="(minutes|image|start)-error"/);
      assert.doesNotMatch(answer.text, /<script>alert/);
      assert.deepEqual(web.lab.reservations.size, 0);
    });
  }

  it('end after a length or at a time, and name the time that is wrong', async () => {
    const web = testApp();
    const at = { image: 'tiny', when: 'at', ends: 'at', minutes: '' };
    await post(web, '/reserve', { ...at, start: '2027-01-15T10:30', end: '2027-01-15T12:00' });
    assert.deepEqual(web.lab.asked, [`reserve tiny 90 ${Date.parse('2027-01-15T09:30Z')}`]);
    // over the night in which summer time begins it is an hour less
    await post(web, '/reserve', { ...at, start: '2027-03-28T01:00', end: '2027-03-28T04:00' });
    assert.match(web.lab.asked.join(), /reserve tiny 120 \d+$/);
    for (const [start, end, sentence] of [
      ['2027-01-15T10:30', '2027-01-15T10:30', /Must be later than the start/],
      ['2027-01-15T10:30', '2027-01-15T10:40', /Must be at least 15 minutes after the start/],
      ['2027-03-28T02:30', '2027-03-28T05:00', /Does not exist: the clocks go forward over 02:30 that night/],
      ['soon', '2027-03-28T05:00', /id="start-error"/],
    ] as const) {
      const refused = await post(web, '/reserve', { ...at, start, end });
      assert.equal(refused.status, 422);
      assert.match(refused.text, sentence);
    }
    const mistyped = await request(web.app)
      .get('/find-a-time?image=tiny&minutes=soon&count=0&from=2027-02-30&at=soon')
      .set('cookie', asStudent);
    assert.equal(mistyped.status, 422);
    for (const field of ['minutes', 'count', 'from', 'at'])
      assert.match(mistyped.text, new RegExp(`id="${field}-error"`));
  });

  it('offer what would work when it cannot be had', async () => {
    const answer = await post(testApp(), '/reserve', { image: 'tiny', minutes: '300' });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /No machine for this environment is free/);
    assert.match(answer.text, />(Tomorrow )?\d\d:\d\d, in \d+ h/);
    assert.match(answer.text, /name="startAt" value="\d+"/);
  });

  it('lose nothing that was typed when they were open for too long', async () => {
    const web = testApp();
    const answer = await post(web, '/reserve', { image: 'debian', minutes: '77' }, 'old');
    assert.equal(answer.status, 403);
    assert.match(answer.text, /value="77"/);
    assert.match(answer.text, /<option value="debian" selected/);
    assert.match(answer.text, new RegExp(`value="${studentToken}"`));
    assert.deepEqual(web.lab.asked, []);
  });

  it('come back after signing in when the session had ended, to their own person alone, sealed', async () => {
    const ended = 'labrador-session=an-ended-session';
    const sent = { image: 'debian', minutes: '77', csrf: formToken('an-ended-session', sample.student.id) };
    const ask = (fields: Record<string, string>) =>
      request(testApp().app).post('/reserve').set('cookie', `${ended}; ${visitor}`).type('form').send(fields);
    const signIn = (kept: string) =>
      request(testApp().app)
        .post('/sign-in')
        .set('cookie', `${ended}; ${visitor}`)
        .type('form')
        .send({ csrf: visitorToken, name: 'student', password: 'right password', next: '/reserve', kept });
    const asked = await ask(sent);
    assert.equal(asked.status, 401);
    assert.doesNotMatch(asked.text, /debian|name="minutes"/);
    const kept = /name="kept" value="([\w-]+)"/.exec(asked.text)?.[1] ?? '';
    const back = await signIn(kept);
    assert.match(back.text, /<option value="debian" selected/);
    assert.match(back.text, /value="77"/);
    assert.match(back.text, new RegExp(`value="${studentToken}"`));
    const other = await ask({ ...sent, csrf: formToken('an-ended-session', 99) });
    const notTheirs = await signIn(/name="kept" value="([\w-]+)"/.exec(other.text)?.[1] ?? '');
    assert.equal(notTheirs.status, 303, 'typed by somebody else');
    assert.equal((await signIn(`${kept.slice(0, -3)}AAA`)).status, 303, 'changed on the way');
    for (const fields of [
      { ...sent, csrf: 'old' },
      { ...sent, password: 'x' },
    ])
      assert.match((await ask(fields)).text, /name="kept" value=""/);
  });

  it('can be sent again from a page of their own, never with a password', async () => {
    const answer = await post(
      testApp(),
      '/account/password',
      { old: 'a secret', password: 'b secret', again: 'b secret' },
      'old',
    );
    assert.equal(answer.status, 403);
    assert.doesNotMatch(answer.text, /name="password"|name="old"/);
    const extend = await post(testApp(), '/reservations/7/extend', { minutes: '30' }, 'old');
    assert.match(extend.text, /name="minutes" value="30"/);
  });

  for (const [name, headers] of [
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
    ['no origin that can be read', { origin: 'null' }],
  ] as const) {
    it(`are refused from ${name}, with the right token too`, async () => {
      const web = testApp();
      const answer = await post(web, '/reserve', { image: 'tiny', minutes: '60' }).set(headers);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /from another site/);
      assert.deepEqual(web.lab.asked, []);
    });
  }

  it('are at most 64 KB', async () => {
    const answer = await post(testApp(), '/account/keys', { label: 'x', publicKey: 'k'.repeat(70_000) });
    assert.equal(answer.status, 413);
    assert.match(answer.text, /too large/);
  });

  it('are forms', async () => {
    const answer = await request(testApp().app)
      .post('/reserve')
      .set('cookie', asStudent)
      .send({ image: 'tiny', minutes: 60 });
    assert.equal(answer.status, 415);
  });

  it('act on a reservation and go back to it', async () => {
    const web = testApp();
    web.lab.put(sample.reservation());
    for (const [path, fields] of [
      ['connect', {}],
      ['extend', { minutes: '30' }],
      ['shorten', { minutes: '15' }],
      ['keep', {}],
      ['reboot', {}],
      ['reinstall', {}],
      ['start', {}],
      ['notices/41/dismiss', {}],
      ['end', {}],
    ] as const) {
      const answer = await post(web, `/reservations/7/${path}`, fields);
      assert.equal(answer.status, 303, path);
      assert.match(String(answer.headers.location), /^\/reservations\/7(\?said=[a-z-]+)?$/);
    }
    const asked = [
      'connect 7',
      'extend 7 30',
      'shorten 7 15',
      'keep 7',
      'reboot 7',
      'reinstall 7',
      'start 7',
      'dismiss 41',
      'end 7',
    ];
    assert.deepEqual(web.lab.asked, asked);
    const away = await post(web, '/notices/42/dismiss', {});
    assert.deepEqual([away.headers.location, web.lab.asked.at(-1)], ['/', 'dismiss 42']);
  });

  it('change a booking: what was not touched stays, and a refusal keeps what was typed', async () => {
    const web = testApp();
    web.lab.put(sample.booked);
    const { text } = await request(web.app).get('/reservations/7/change').set('cookie', asStudent);
    const start = /name="start"[^>]*value="([^"]+)"/.exec(text)?.[1] ?? '';
    const fields = { image: 'tiny', start, minutes: '90', version: '1' };
    const done = await post(web, '/reservations/7/change', fields);
    assert.equal(done.headers.location, '/reservations/7?said=changed');
    assert.equal(web.lab.asked.at(-1), 'change 7   90');
    const refused = await post(web, '/reservations/7/change', { ...fields, minutes: '500' });
    assert.equal(refused.status, 409);
    assert.match(refused.text, /role="alert".*No machine/s);
    assert.match(refused.text, /value="500"/);
    web.lab.put(sample.loading);
    const late = await post(web, '/reservations/7/change', { ...fields, minutes: '500' });
    assert.match(late.text, /class="reservation".*Getting ready/s, 'told on its own page');
  });

  it('say what was done, in our words only', async () => {
    const web = testApp();
    const said = async (word: string) =>
      (await request(web.app).get(`/help?said=${word}`).set('cookie', asStudent)).text;
    assert.match(await said('extended'), /role="status">.*Extended\./s);
    assert.doesNotMatch(await said('hacked'), /role="status"/);
    assert.doesNotMatch(await said('constructor'), /role="status"/);
  });

  it('show a refusal on the reservation’s page', async () => {
    const web = testApp();
    web.lab.put(sample.reservation());
    const answer = await post(web, '/reservations/7/extend', { minutes: '200' });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /role="alert".*longer than you may keep it/s);
  });

  it('give tickets to our own scripts, and problems they can read', async () => {
    const web = testApp();
    web.lab.put(sample.reservation());
    const ask = () =>
      post(web, '/reservations/7/ticket', { purpose: 'terminal' }).set('accept', 'application/json');
    const refused = await ask();
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'reservation.not-connected');
    web.lab.connected = true;
    assert.deepEqual((await ask()).body, { ticket: 'terminal-ticket' });
    const look = (id: number) =>
      request(web.app)
        .post(`/nodes/${id}/ticket`)
        .set({ cookie: asAdministrator, accept: 'application/json' })
        .type('form')
        .send({ csrf: administratorToken });
    assert.deepEqual((await look(2)).body, { ticket: 'console-ticket' });
    assert.equal((await look(4)).body.code, 'reservation.no-console');
  });

  it('show a token once', async () => {
    const answer = await post(testApp(), '/account/tokens', { label: 'CI' });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /lab_6pQ0xkq1tYpXh4cJb0m3s9Zr/);
  });

  it('keep a key that was refused in its field', async () => {
    const answer = await post(testApp(), '/account/keys', { label: 'Laptop', publicKey: 'no key' });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /not a public key/);
    assert.match(answer.text, />no key<\/textarea>/);
  });

  it('sign out for good', async () => {
    const signedOut: string[] = [];
    const web = testApp({ signOut: async (session) => void signedOut.push(session) });
    const answer = await post(web, '/sign-out', {});
    assert.equal(answer.headers.location, '/sign-in?said=signed-out');
    assert.match(String(answer.headers['set-cookie']), /labrador-session=;/);
    assert.deepEqual(signedOut, ['student-session-secret']);
  });

  it('announce and try again for administrators', async () => {
    const { app } = testApp();
    const send = (path: string, fields: object) =>
      request(app)
        .post(path)
        .set('cookie', asAdministrator)
        .type('form')
        .send({ csrf: administratorToken, ...fields });
    assert.equal(
      (await send('/announcements', { text: 'Closed today', until: '2027-01-15T10:30' })).headers.location,
      '/announcements?said=announced',
    );
    assert.equal((await send('/announcements', { text: ' ' })).status, 422);
    assert.equal((await send('/announcements', { text: 'x', until: 'soon' })).status, 422);
    assert.equal(
      (await send('/attention/node%3A4/retry', {})).headers.location,
      '/attention?said=trying-again',
    );
  });
});
