import assert from 'node:assert/strict';
import request, { type Test } from 'supertest';
import { LabError } from '../../src/domain/errors.ts';
import type { Once, Services } from '../../src/services/services.ts';
import { apiRoutes, operations } from '../../src/web/api/routes.ts';
import { ProblemSchema } from '../../src/web/api/schemas/common.ts';
import * as machines from '../../src/web/api/schemas/machines.ts';
import * as pools from '../../src/web/api/schemas/pools.ts';
import * as reservations from '../../src/web/api/schemas/reservations.ts';
import * as site from '../../src/web/api/schemas/site.ts';
import * as timeline from '../../src/web/api/schemas/timeline.ts';
import type { Route } from '../../src/web/route.ts';
import { asDocumented } from '../helpers/as-documented.ts';
import * as sample from '../helpers/sample-views.ts';
import { asStudent, studentToken, type TestApp, testApp } from '../helpers/web-app.ts';

const v1 = '/api/v1';
const bearer = 'Bearer student-session-secret';
const adminBearer = 'Bearer admin-session-secret';

function call({ app }: TestApp, method: Route['method'], path: string, token = bearer): Test {
  return request(app)[method](`${v1}${path}`).set('authorization', token).expect(asDocumented);
}

function withReservation(over: Partial<Services> = {}): TestApp {
  const web = testApp(over);
  web.lab.put(sample.reservation());
  return web;
}

describe('the API', () => {
  describe('asks who it is before anything else', () => {
    const attempts: readonly [string, (test: Test) => Test][] = [
      ['without anything', (test) => test],
      ['with a wrong token', (test) => test.set('authorization', 'Bearer wrong')],
      ['with a token that is none', (test) => test.set('authorization', 'Basic c3R1ZGVudDp4')],
      [
        'with a wrong token beside a session',
        (test) => test.set('cookie', asStudent).set('authorization', 'Bearer wrong'),
      ],
      ['with a broken body', (test) => test.type('json').send('{"image":')],
      ['with a huge body', (test) => test.type('json').send(JSON.stringify({ image: 'x'.repeat(90_000) }))],
      ['with another type', (test) => test.type('text/plain').send('hello')],
    ];
    for (const [name, change] of attempts) {
      it(name, async () => {
        const answer = await change(request(testApp().app).post(`${v1}/reservations`));
        assert.equal(answer.status, 401);
        assert.equal(answer.body.code, 'sign-in.required');
        assert.match(String(answer.headers['content-type']), /application\/problem\+json/);
        assert.match(String(answer.headers['www-authenticate']), /Bearer/);
      });
    }
    it('at addresses that do not exist', async () => {
      assert.equal((await request(testApp().app).get(`${v1}/nothing`)).status, 401);
      assert.equal((await call(testApp(), 'get', '/nothing')).status, 404);
    });
    it('and says what an address takes that is asked by another method', async () => {
      const { status, body, headers } = await call(testApp(), 'put', '/images/tiny');
      assert.deepEqual([status, body.code, headers.allow], [405, 'method.other', 'DELETE, GET, HEAD, PATCH']);
      assert.equal((await request(testApp().app).put(`${v1}/images/tiny`)).status, 401);
    });
  });

  describe('reserves', () => {
    it('with 201, id, state and where it is', async () => {
      const answer = await call(testApp(), 'post', '/reservations').send({ image: 'tiny', minutes: 60 });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.location, '/api/v1/reservations/7');
      assert.equal(answer.body.id, 7);
      assert.equal(answer.body.state, 'new');
      assert.equal(answer.body.image, 'tiny');
      reservations.ReservationSchema.strict().parse(answer.body);
    });

    it('later, at a time of any zone', async () => {
      const web = testApp();
      await call(web, 'post', '/reservations').send({
        image: 'tiny',
        minutes: 60,
        start: '2027-01-15T10:30:00+01:00',
      });
      assert.deepEqual(web.lab.asked, [`reserve tiny 60 ${Date.parse('2027-01-15T09:30:00Z')}`]);
    });

    const wrong: readonly [string, unknown, string, RegExp][] = [
      ['no image', { minutes: 60 }, 'image', /name of an image/],
      ['an image that is a number', { image: 5, minutes: 60 }, 'image', /name of an image/],
      ['an unknown image', { image: 'unknown', minutes: 60 }, 'image', /no such environment/],
      ['no minutes', { image: 'tiny' }, 'minutes', /whole number of minutes/],
      ['minutes 0', { image: 'tiny', minutes: 0 }, 'minutes', /at least 1 minute/],
      ['minutes -1', { image: 'tiny', minutes: -1 }, 'minutes', /at least 1 minute/],
      ['minutes 1e9', { image: 'tiny', minutes: 1e9 }, 'minutes', /at most 576000 minutes/],
      ['minutes 1e400', '{"image":"tiny","minutes":1e400}', 'minutes', /minutes/],
      ['minutes 1.5', { image: 'tiny', minutes: 1.5 }, 'minutes', /whole number of minutes/],
      ['minutes "ten"', { image: 'tiny', minutes: 'ten' }, 'minutes', /whole number of minutes/],
      ['minutes null', { image: 'tiny', minutes: null }, 'minutes', /whole number of minutes/],
      ['a start that is none', { image: 'tiny', minutes: 60, start: 'soon' }, 'start', /ISO 8601/],
      [
        'a start without a zone',
        { image: 'tiny', minutes: 60, start: '2027-01-15T10:30:00' },
        'start',
        /ISO 8601/,
      ],
      ['a NUL', { image: 'ti\u0000ny', minutes: 60 }, 'image', /control characters/],
      ['text that turns around', { image: '\u202etiny', minutes: 60 }, 'image', /control characters/],
      ['a list', [1, 2], 'body', /JSON object/],
      ['a word', '"tiny"', 'body', /JSON/],
      ['a field that is none', { image: 'tiny', minutes: 60, lenght: 5 }, 'lenght', /not known here/],
      ['half a body', '{"image":', 'body', /valid JSON/],
    ];
    for (const [name, body, field, sentence] of wrong) {
      it(`names the field with ${name}`, async () => {
        const web = testApp();
        const test = call(web, 'post', '/reservations').type('json');
        const answer = await test.send(typeof body === 'string' ? body : JSON.stringify(body));
        assert.equal(answer.status, 422, answer.text);
        assert.match(String(answer.body.fields?.[field]), sentence);
        ProblemSchema.parse(answer.body);
        assert.equal(web.lab.reservations.size, 0);
      });
    }

    it('says whether it can be had, by an end or a length, and when instead', async () => {
      const ask = (asked: string) => call(testApp(), 'get', `/availability${asked}`);
      const start = '2027-01-15T09:00:00Z';
      const yes = await ask(`?image=tiny&start=${start}&end=2027-01-15T10:30:00Z`);
      assert.equal(
        reservations.AvailabilitySchema.parse(yes.body).end,
        new Date(sample.now + 90 * 60_000).toISOString(),
      );
      const no = await ask('?image=tiny&minutes=300');
      assert.deepEqual([no.status, no.body.code], [200, 'reservation.limit-length']);
      const times = reservations.TimesSchema.parse((await ask('/times?image=tiny&days=2')).body);
      assert.equal(times.slots.length, 48);
      for (const [asked, field] of [
        [`?image=tiny&start=${start}&end=${start}`, 'end'],
        ['?image=tiny', 'minutes'],
        ['?image=tiny&minutes=60&count=0', 'count'],
        ['/times?image=tiny&days=8', 'days'],
      ] as const) {
        const wrong = await ask(asked);
        assert.deepEqual([wrong.status, field in wrong.body.fields], [422, true], asked);
      }
    });

    it('says what would work instead', async () => {
      const answer = await call(testApp(), 'post', '/reservations').send({ image: 'tiny', minutes: 300 });
      assert.equal(answer.status, 409);
      assert.equal(answer.body.code, 'reservation.no-machine');
      assert.deepEqual(answer.body.alternatives, [
        { kind: 'start', label: 'Tomorrow at 09:00', start: new Date(sample.now + 86_400_000).toISOString() },
      ]);
    });

    it('takes JSON of at most 64 KB', async () => {
      const send = () => call(testApp(), 'post', '/reservations');
      assert.equal((await send().send({ image: 'x'.repeat(90_000) })).status, 413);
      assert.equal((await send().type('form').send({ image: 'tiny', minutes: '60' })).status, 415);
      assert.equal((await send().type('text/plain').send('{}')).status, 415);
    });
  });

  for (const { method, path } of operations.filter((one) => one.method === 'post' && !one.eachTime)) {
    it(`${path} takes a key that makes it happen once`, async () => {
      const keys: unknown[] = [];
      const note = (...given: unknown[]) => {
        keys.push((given.findLast((one) => typeof one === 'object') as Once).idempotencyKey);
        return Promise.reject(new LabError('busy'));
      };
      const services = [
        'reserve',
        'connect',
        'extend',
        'shorten',
        'keep',
        'reboot',
        'reinstall',
        'startMachine',
        'takeAnother',
        'announce',
        'claim',
        'capture',
        'retryCapture',
        'giveUpCapture',
        'makeProduction',
        'restoreRevision',
        'restoreImage',
        'orderNode',
        'retryTask',
        'stopTask',
        'addNewNodes',
        'createPool',
        'testPool',
        'addPerson',
        'addPeople',
        'resetPassword',
        'disablePerson',
        'enablePerson',
        'addGroup',
        'changeMembers',
        'addSchedule',
        'addMaintenance',
        'addCourse',
        'changeRoster',
        'askBlock',
        'approveBlock',
        'rejectBlock',
        'withdrawBlock',
        'sayToClass',
        'extendClass',
        'giveExtra',
        'startFor',
        'endClass',
        'goOnWithClass',
        'giveAnother',
        'wait',
        'moveAllocation',
        'acceptOffer',
        'takeServer',
        'changeServer',
      ];
      const web = testApp(Object.fromEntries(services.map((name) => [name, note])));
      const bodies: Record<string, object> = {
        '/reservations': { image: 'tiny', minutes: 60 },
        '/waitlist': { image: 'tiny', minutes: 60 },
        '/servers': { image: 'tiny', name: 'Database' },
        '/reservations/:id/extend': { minutes: 15 },
        '/reservations/:id/shorten': { minutes: 15 },
        '/reservations/:id/capture': { title: 'Physics lab' },
        '/announcements': { text: 'Hello' },
        '/pools': { name: 'Room 1', module: 'qemu' },
        '/nodes': { pool: 'local', image: 'tiny', pattern: 'lab[1-4]' },
        '/nodes/:id/orders': { action: 'reload' },
        '/people': { name: 'ada' },
        '/people/table': { csv: 'login\nada' },
        '/groups': { name: 'students' },
        '/groups/:id/members': { add: ['ada'] },
        '/schedules': { name: 'Days', timeZone: 'UTC', hours: [] },
        '/courses': { group: 'x', timeZone: 'UTC', termFrom: '2027-04-12', termUntil: '2027-07-16' },
        '/courses/:id/members': { add: ['ada'] },
        '/blocks': {
          ...{ courseId: 2, image: 'tiny', seats: 3 },
          recurrence: { kind: 'once', date: '2027-05-03', from: '10:00', until: '11:00' },
        },
        '/blocks/:id/reject': { reason: 'No room.' },
        '/blocks/:id/dates/:date/message': { text: 'Hello' },
        '/blocks/:id/dates/:date/extend': { minutes: 15 },
        '/blocks/:id/dates/:date/extra': { person: 'ada', minutes: 15 },
        '/blocks/:id/dates/:date/another': { person: 'ada' },
        '/blocks/:id/dates/:date/start': { person: 'ada' },
        '/maintenance': {
          ...{ reason: 'Disks', nodes: { kind: 'all' } },
          ...{ from: '2026-11-28T22:00:00Z', until: '2026-11-29T06:00:00Z' },
        },
      };
      const send = (key: string) =>
        call(
          web,
          method,
          path.replace(':id', '7').replace(':date', '31').replace(':name', 'tiny').replace(':number', '2'),
          adminBearer,
        )
          .set('idempotency-key', key)
          .send(bodies[path]);
      assert.equal((await send('abc-1')).status, 409);
      const wrong = await send('a b');
      assert.ok(wrong.body.fields['Idempotency-Key']);
      assert.deepEqual(keys, ['abc-1']);
    });
  }

  it('does not know what no operation takes', async () => {
    const web = withReservation();
    const typo = await call(web, 'get', '/reservations?limt=5');
    assert.deepEqual([typo.status, typo.body.fields], [422, { limt: 'is not known here.' }]);
    const body = await call(web, 'post', '/reservations/7/reboot').send({ hard: true });
    assert.deepEqual([body.status, body.body.fields], [422, { hard: 'is not known here.' }]);
    assert.deepEqual(web.lab.asked, []);
  });

  it('takes a session too, with the form’s token for changes', async () => {
    const { app } = testApp();
    assert.equal((await request(app).get(`${v1}/reservations`).set('cookie', asStudent)).status, 200);
    const send = () => request(app).post(`${v1}/reservations`).set('cookie', asStudent);
    assert.equal((await send().send({ image: 'tiny', minutes: 60 })).status, 403);
    assert.equal(
      (await send().set('x-csrf-token', studentToken).send({ image: 'tiny', minutes: 60 })).status,
      201,
    );
    const elsewhere = send().set('x-csrf-token', studentToken).set('origin', 'https://evil.example');
    assert.equal((await elsewhere.send({ image: 'tiny', minutes: 60 })).status, 403);
  });

  it('reads and ends reservations', async () => {
    const web = withReservation();
    const list = await call(web, 'get', '/reservations');
    assert.deepEqual(Object.keys(list.body), ['items', 'next']);
    reservations.ReservationSchema.strict().parse((await call(web, 'get', '/reservations/7')).body);
    const ended = await call(web, 'delete', '/reservations/7');
    assert.equal(ended.body.state, 'complete');
  });

  it('does not know another’s reservation, nor what is no id', async () => {
    const web = testApp();
    web.lab.put(sample.reservation({ user: { id: 99, name: 'other' } }));
    for (const id of ['7', '8', '0', '-1', '1e3', 'x', '99999999999999999999', '7%00']) {
      assert.equal((await call(web, 'get', `/reservations/${id}`)).status, 404, id);
    }
    assert.equal((await call(web, 'get', '/reservations/7', adminBearer)).status, 200);
  });

  it('opens the way when asked, and not before', async () => {
    const web = withReservation();
    assert.equal((await call(web, 'get', '/reservations/7/connection')).status, 409);
    const opened = await call(web, 'post', '/reservations/7/connection');
    assert.equal(opened.status, 200);
    reservations.ConnectionSchema.strict().parse(opened.body);
    assert.deepEqual((await call(web, 'get', '/reservations/7/connection')).body, opened.body);
  });

  it('extends, keeps, reboots, reinstalls and starts', async () => {
    const web = withReservation();
    const limit = await call(web, 'get', '/reservations/7/extend');
    assert.equal(limit.body.mostMinutes, 60);
    assert.equal((await call(web, 'post', '/reservations/7/extend').send({ minutes: 30 })).status, 200);
    assert.equal((await call(web, 'post', '/reservations/7/shorten').send({ minutes: 30 })).status, 200);
    const wrong = await call(web, 'post', '/reservations/7/extend').send({ minutes: 'x' });
    assert.equal(wrong.status, 422);
    assert.ok(wrong.body.fields.minutes);
    for (const path of ['keep', 'reboot', 'reinstall', 'start']) {
      assert.equal((await call(web, 'post', `/reservations/7/${path}`)).status, 200, path);
    }
  });

  it('lists images page by page', async () => {
    const first = await call(testApp(), 'get', '/images?limit=3');
    assert.equal(first.body.items.length, 3);
    machines.ImageSchema.strict().parse(first.body.items[0]);
    const second = await call(testApp(), 'get', `/images?limit=3&cursor=${first.body.next}`);
    assert.deepEqual([second.body.items.length, second.body.next], [1, null]);
    assert.equal((await call(testApp(), 'get', '/images/nope')).status, 404);
    assert.equal((await call(testApp(), 'get', '/images/tiny')).body.name, 'tiny');
  });

  it('names everything that is wrong with an image’s properties at once', async () => {
    const wrong = { title: ' ', notes: 'a\u202eb', cpus: 'two', memoryMb: 1, maxMinutes: 1, nonsense: 1 };
    const answer = await call(testApp(), 'patch', '/images/tiny', adminBearer).send(wrong);
    assert.equal(answer.status, 422);
    assert.deepEqual(Object.keys(answer.body.fields).sort(), Object.keys(wrong).sort());
  });

  for (const limit of ['0', '1001', '-1', 'x', '1.5', '99999']) {
    it(`refuses limit=${limit}`, async () => {
      const answer = await call(testApp(), 'get', `/reservations?limit=${limit}`);
      assert.equal(answer.status, 422);
      assert.ok(answer.body.fields.limit);
    });
  }

  it('asks the services for the page that was asked for', async () => {
    const asked: unknown[] = [];
    const web = testApp({
      listReservations: async (_me, page) => {
        asked.push(page);
        return { items: [], next: null };
      },
    });
    await call(web, 'get', '/reservations');
    await call(
      web,
      'get',
      '/reservations?limit=5&cursor=abc&live=true&everybody=true&state=coming&pool=qemu',
    );
    assert.deepEqual(asked, [
      { limit: 100, cursor: undefined, everybody: false, live: false, filter: {} },
      { limit: 5, cursor: 'abc', everybody: true, live: true, filter: { state: 'coming', pool: 'qemu' } },
    ]);
  });

  it('shows machines, pools, allocations and attention to administrators', async () => {
    const web = testApp();
    const at = 'from=2027-01-15T00:00:00Z&to=2027-01-16T00:00:00Z';
    machines.NodeSchema.strict().parse((await call(web, 'get', '/nodes', adminBearer)).body.items[0]);
    pools.PoolSchema.strict().parse((await call(web, 'get', '/pools', adminBearer)).body.items[0]);
    const allocations = await call(web, 'get', `/allocations?${at}`, adminBearer);
    timeline.AllocationSchema.strict().parse(allocations.body.items[0]);
    site.AttentionSchema.strict().parse((await call(web, 'get', '/attention', adminBearer)).body);
    const backwards = await call(
      web,
      'get',
      '/allocations?from=2027-01-16T00:00:00Z&to=2027-01-15T00:00:00Z',
      adminBearer,
    );
    assert.ok(backwards.body.fields.to);
    assert.equal((await call(web, 'get', `/allocations?${at}`)).status, 403);
  });

  it('announces', async () => {
    const web = testApp();
    assert.equal((await call(web, 'get', '/announcements')).body.items.length, 1);
    assert.equal(
      (await call(web, 'post', '/announcements', adminBearer).send({ text: 'Hello' })).status,
      204,
    );
    assert.equal((await call(web, 'post', '/announcements', adminBearer).send({ text: '' })).status, 422);
    assert.equal((await call(web, 'delete', '/announcements/1', adminBearer)).status, 204);
  });

  it('says how far it is until it is ready', async () => {
    const state = {
      ready: false,
      progress: 0.4,
      waitingFor: ['Tiny Linux is being built'],
      version: '0.1.0',
    };
    const starting = testApp({ health: async () => state });
    const answer = await request(starting.app).get(`${v1}/health`);
    assert.equal(answer.status, 503);
    assert.deepEqual(answer.body, state);
    assert.equal((await request(starting.app).get('/health/ready')).status, 503);
    assert.equal((await request(starting.app).get('/health/live')).status, 200);
    assert.equal((await request(testApp().app).get(`${v1}/health`)).status, 200);
  });

  for (const [code, status] of [
    ['busy', 409],
    ['idempotency.other-body', 422],
    ['reservation.limit-overlap', 409],
    ['place.disarmed', 503],
  ] as const) {
    it(`answers ${code} with ${status}`, async () => {
      const web = testApp({ reserve: () => Promise.reject(new LabError(code)) });
      const answer = await call(web, 'post', '/reservations').send({ image: 'tiny', minutes: 60 });
      assert.equal(answer.status, status);
      assert.equal(answer.body.code, code);
    });
  }

  it('tells nothing about a defect but its number', async () => {
    const web = testApp({ listImages: () => Promise.reject(new Error('SELECT secret')) });
    const answer = await call(web, 'get', '/images');
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.text, /SELECT/);
    assert.ok(
      web.logged.some((line) => line.request === answer.body.request && line.msg === 'request failed'),
    );
  });

  it('describes all it can do, from the schemas that validate', async () => {
    const { body } = await request(testApp().app).get(`${v1}/openapi.json`);
    assert.equal(body.openapi, '3.1.0');
    const described = Object.values(body.paths as Record<string, object>).flatMap((path) =>
      Object.keys(path),
    );
    assert.equal(described.length, operations.length);
    const served = apiRoutes.filter(({ path }) => path.startsWith(v1));
    assert.equal(described.length, served.length);
    const reserve = body.paths['/reservations'].post;
    assert.deepEqual(reserve.requestBody.content['application/json'].schema.required, ['image', 'minutes']);
    assert.equal(
      reserve.responses['201'].content['application/json'].schema.$ref,
      '#/components/schemas/Reservation',
    );
    const limit = body.paths['/nodes'].get.parameters.find(({ name }: { name: string }) => name === 'limit');
    assert.equal(limit.required, false);
    const references = [...JSON.stringify(body).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    for (const name of references) assert.ok(body.components.schemas[name ?? ''], name);
  });
});
