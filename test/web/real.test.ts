import assert from 'node:assert/strict';
import type { Express } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { createServices } from '../../src/services/create-services.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { ProblemSchema } from '../../src/web/api/schemas/common.ts';
import { createApp } from '../../src/web/app.ts';
import { someone } from '../helpers/administrators.ts';
import { asDocumented } from '../helpers/as-documented.ts';
import { eachEngine } from '../helpers/database.ts';
import { addEnvironment } from '../helpers/environment.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';
import { addPerson, quickHash } from '../helpers/people.ts';

const minute = 60_000;
const password = 'a long enough password';
const limits = {
  initialMinutes: 240,
  totalMinutes: 360,
  extendMinutes: 60,
  overlap: 1,
  daysAhead: 7,
  upcoming: 5,
};

describe('the site over the real services', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let app: Express;
    let ada: string;
    let bob: string;

    beforeEach(async () => {
      const db = await open();
      lab = await makeLab(db);
      const services = createServices(lab.deps);
      const config = { publicUrl: null, secureCookies: false, siteName: 'Labrador', sendsMail: false };
      app = createApp({ services, config, log: pino({ level: 'silent' }) });
      [ada, bob] = (await Promise.all(['ada', 'bob'].map(tokenOf))) as [string, string];

      async function tokenOf(name: string): Promise<string> {
        await addPerson(db, { name, limits, passwordHash: quickHash(password) });
        const { me } = await services.signIn({ name, password, network: '192.0.2.1' });
        return services.createToken(me as SignedIn, 'test');
      }
    });
    afterEach(() => lab.close());

    const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, token = ada) =>
      request(app)[method](`/api/v1${path}`).set('authorization', `Bearer ${token}`).expect(asDocumented);
    const reserve = (body: object) => call('post', '/reservations').send(body);
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * minute).toISOString();

    const wrong: readonly [string, () => object, number, string][] = [
      ['an unknown image', () => ({ image: 'nope', minutes: 60 }), 422, 'image'],
      ['a past start', () => ({ image: 'simulated', minutes: 60, start: inMinutes(-60) }), 422, 'start'],
      ['minutes 0', () => ({ image: 'simulated', minutes: 0 }), 422, 'minutes'],
      ['minutes 1e9', () => ({ image: 'simulated', minutes: 1e9 }), 422, 'minutes'],
    ];
    for (const [name, body, status, field] of wrong) {
      it(`refuses ${name}, names the field and changes nothing`, async () => {
        const answer = await reserve(body());
        assert.equal(answer.status, status, answer.text);
        assert.ok(ProblemSchema.parse(answer.body).fields?.[field], answer.text);
        assert.deepEqual((await call('get', '/reservations')).body, { items: [], next: null });
      });
    }

    for (const [name, body] of [
      ['longer than the group allows', () => ({ image: 'simulated', minutes: 241 })],
      [
        'further ahead than the group may book',
        () => ({ image: 'simulated', minutes: 60, start: inMinutes(8 * 24 * 60) }),
      ],
    ] as const) {
      it(`says 409 to what is ${name}`, async () => {
        const answer = await reserve(body());
        assert.equal(answer.status, 409, answer.text);
        assert.ok(ProblemSchema.parse(answer.body).alternatives);
      });
    }

    it('reserves, is found by its person alone, and ends', async () => {
      await lab.startDaemon();
      const made = await reserve({ image: 'simulated', minutes: 60 });
      assert.equal(made.status, 201, made.text);
      const path = `/reservations/${made.body.id}`;
      assert.equal((await call('get', path, bob)).status, 404);
      assert.equal((await call('delete', path, bob)).status, 404);
      await lab.until(async () => (await call('get', path)).body.state === 'reserved');
      const second = await reserve({ image: 'simulated', minutes: 60 });
      assert.equal(second.body.code, 'reservation.limit-overlap');
      assert.equal((await call('delete', path)).status, 200);
      await lab.until(async () => (await call('get', path)).body.state === 'complete');
    });

    it('has machines come with an image, and shows them together', async () => {
      const admin = await someone(lab.deps, 'admin', 'administrator');
      const token = await createServices(lab.deps).createToken(admin, 'test');
      await addEnvironment(lab.db, { id: 2, name: 'data' });
      const members = (...wanted: object[]) =>
        call('patch', '/images/simulated', token).send({ members: wanted });
      const itself = await members({ role: 'db', image: 'simulated' });
      assert.equal(itself.status, 422, itself.text);
      assert.match(ProblemSchema.parse(itself.body).fields?.members ?? '', /cannot contain itself/);
      const set = await members({ role: 'db', image: 'data' });
      assert.deepEqual(set.body.members, [{ role: 'db', image: 'data', title: 'data', machines: 1 }]);
      const made = await reserve({ image: 'simulated', minutes: 60 });
      const { machines } = (await call('get', `/reservations/${made.body.id}`)).body;
      assert.deepEqual(
        machines.map(({ name, image }: { name: string; image: string }) => `${name} ${image}`),
        ['main simulated', 'db data'],
      );
      const second = await call('post', '/reservations', bob).send({ image: 'simulated', minutes: 60 });
      assert.equal(second.body.code, 'reservation.no-machine', 'all or none');
    });

    it('reserves once for one key, and not for another body', async () => {
      const send = (minutes: number) =>
        reserve({ image: 'simulated', minutes }).set('idempotency-key', 'once-1');
      const [first, again] = [await send(60), await send(60)];
      assert.equal(first.status, 201, first.text);
      assert.equal(again.body.id, first.body.id);
      assert.equal((await send(90)).status, 422);
    });

    it('does anything else once for one key, too', async () => {
      const { id } = (await reserve({ image: 'simulated', minutes: 60 })).body;
      const extend = (minutes: number, key = 'k-1') =>
        call('post', `/reservations/${id}/extend`).set('idempotency-key', key).send({ minutes });
      const [first, again] = await Promise.all([extend(15), extend(15)]);
      assert.equal(first.body.end, again.body.end);
      assert.equal((await extend(15, 'K-1')).body.minutes, 90);
      assert.equal((await extend(30)).body.code, 'idempotency.other-body');
      const keep = call('post', `/reservations/${id}/keep`).set('idempotency-key', 'k-1');
      assert.equal((await keep).body.code, 'idempotency.other-body');
      const refused = call('post', `/reservations/${id}/reboot`).set('idempotency-key', 'x'.repeat(200));
      assert.equal((await refused).body.code, 'reservation.simulated');
    });

    it('signs in in a browser, starts with one press and ends', async () => {
      await lab.startDaemon();
      const browser = request.agent(app);
      const press = async (page: string, action: string, fields: object = {}) => {
        const csrf = /data-csrf="([^"]+)"/.exec((await browser.get(page)).text)?.[1];
        return browser
          .post(action)
          .type('form')
          .send({ csrf, ...fields });
      };
      const signedIn = await press('/sign-in', '/sign-in', { name: 'ada', password });
      assert.equal(signedIn.headers.location, '/');
      assert.match((await browser.get('/')).text, /Start a machine/);
      const started = await press('/', '/reserve', { image: 'simulated', minutes: '60', once: 'x' });
      const path = String(started.headers.location);
      assert.match(path, /^\/reservations\/\d+$/);
      await lab.until(async () => /There is no machine here/.test((await browser.get(path)).text));
      for (const page of [
        '/environments',
        '/environments/simulated',
        '/reserve?image=simulated',
        '/reservations',
        '/account',
      ]) {
        assert.equal((await browser.get(page)).status, 200, page);
      }
      await press(path, `${path}/end`);
      await lab.until(async () => /Another one\?/.test((await browser.get(path)).text));
    });
  });
});
