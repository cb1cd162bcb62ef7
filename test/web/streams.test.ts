import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { mock } from 'node:test';
import { awaitedCount, moveClock, nextAwaited, setClock } from '../../src/lib/clock.ts';
import { type RunningServer, startServer } from '../../src/web/server.ts';
import { classes } from '../helpers/sample-blocks.ts';
import * as sample from '../helpers/sample-views.ts';
import { asAdministrator, asStudent, type TestApp, testApp } from '../helpers/web-app.ts';

interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data: Record<string, unknown>;
}

/** One reader of a stream: takes its messages one after the other. */
class Reader {
  readonly #response: IncomingMessage;
  readonly #arrived = new EventEmitter();
  #text = '';
  constructor(response: IncomingMessage) {
    this.#response = response.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
      this.#arrived.emit('more');
    });
  }

  async next(): Promise<Message> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) await once(this.#arrived, 'more');
      else {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const lines = block.split('\n').map((line) => line.split(/: (.*)/s));
        const fields = Object.fromEntries(lines) as Record<string, string>;
        if (fields.data !== undefined) return { ...fields, data: JSON.parse(fields.data) };
      }
    }
  }

  close(): void {
    this.#response.destroy();
  }
}

describe('event streams', () => {
  let web: TestApp;
  let server: RunningServer;
  const readers: Reader[] = [];

  beforeEach(async () => {
    web = testApp();
    web.lab.put(sample.loading);
    server = await startServer({ app: web.app, host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await server.stop();
    await web.lab.nobodyWatches();
    mock.restoreAll();
  });

  async function read(path: string, headers: Record<string, string>): Promise<Reader> {
    const asked = request({ host: '127.0.0.1', port: server.port, path, headers, agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers['content-type']), /^text\/event-stream/);
    const reader = new Reader(response);
    readers.push(reader);
    return reader;
  }

  it('carry the parts of a reservation’s page, and end when it is over', async () => {
    const reader = await read('/reservations/7/events', { cookie: asStudent });
    const first = await reader.next();
    assert.equal(first.id, '104');
    assert.equal(first.data.phase, 'loading');
    assert.match(String(first.data.title), /^\d+ % Tiny Linux$/);
    const regions = first.data.regions as { name: string; html: string; version: string }[];
    assert.deepEqual(
      regions.map(({ name }) => name),
      ['head', 'notices', 'steps', 'panel', 'controls', 'log'],
    );
    web.lab.put(sample.reservation());
    const second = await reader.next();
    assert.equal(second.data.phase, 'usable');
    assert.equal(second.data.title, 'Ready: Tiny Linux');
    assert.equal(second.data.tabIcon, 'ready');
    web.lab.put(sample.ended);
    assert.equal((await reader.next()).data.phase, 'over');
    assert.equal((await reader.next()).event, 'end');
  });

  it('carry what the page itself showed, so that nothing flickers', async () => {
    const now = Date.now();
    mock.method(Date, 'now', () => now); // a minute less is left, and the page shows it
    web.lab.put(sample.reservation());
    for (const [path, cookie] of [
      ['/reservations/7', asStudent],
      ['/nodes/2', asAdministrator],
      ['/nodes/discovered', asAdministrator],
      ['/blocks/7/dates/31', asAdministrator],
    ] as const) {
      const asked = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { cookie } });
      const page = await asked.text();
      const reader = await read(`${path}/events`, { cookie });
      const { data } = await reader.next();
      for (const { name, version } of data.regions as { name: string; version: string }[])
        assert.match(page, new RegExp(`data-region="${name}" data-version="${version}"`), path + name);
    }
  });

  it('carry what can be done about a class beside its seats', async () => {
    const reader = await read('/blocks/7/dates/31/events', { cookie: asAdministrator });
    const regions = (await reader.next()).data.regions as { name: string; html: string }[];
    assert.deepEqual(
      regions.map(({ name }) => name),
      ['wall-head', 'tiles'],
    );
    assert.match(regions[0]?.html ?? '', /do\/end.*<dialog id="do-end"/s);
  });

  it('carry the cards of Home', async () => {
    const reader = await read('/home/events', { cookie: asStudent });
    assert.match(JSON.stringify((await reader.next()).data), /Getting ready/);
    web.lab.put(sample.reservation());
    assert.match(JSON.stringify((await reader.next()).data), /In use/);
  });

  it('carry the button of a class in the moment in which it opens', async () => {
    const tomorrow = classes.at(-1);
    assert.ok(tomorrow);
    const back = setClock(Date.now(), 0);
    try {
      const reader = await read('/home/events', { cookie: asAdministrator });
      assert.doesNotMatch(JSON.stringify((await reader.next()).data), /classes\/32\/claim/);
      assert.deepEqual([awaitedCount(), nextAwaited()], [1, tomorrow.opens]);
      moveClock(tomorrow.opens);
      assert.match(JSON.stringify((await reader.next()).data), /classes\/32\/claim/);
    } finally {
      back();
    }
  });

  it('carry the number beside Needs attention, to those who may see it', async () => {
    const administrator = await read('/reservations/7/events', { cookie: asAdministrator });
    assert.equal((await administrator.next()).data.attention, '2');
    const student = await read('/reservations/7/events', { cookie: asStudent });
    assert.equal((await student.next()).data.attention, undefined);
  });

  it('of the API carry each event once, then the reservation', async () => {
    const reader = await read('/api/v1/reservations/7/events', {
      authorization: 'Bearer student-session-secret',
    });
    const ids = [];
    for (let n = 0; n < 4; n++) ids.push((await reader.next()).id);
    assert.deepEqual(ids, ['101', '102', '103', '104']);
    const state = await reader.next();
    assert.equal(state.event, 'reservation');
    assert.equal(state.data.state, 'new');
    web.lab.put(sample.reservation());
    assert.equal((await reader.next()).data.state, 'inuse');
  });

  it('of the API go on where a reader was cut off', async () => {
    const headers = { authorization: 'Bearer student-session-secret', 'last-event-id': '103' };
    const reader = await read('/api/v1/reservations/7/events', headers);
    assert.equal((await reader.next()).id, '104');
    assert.equal((await reader.next()).event, 'reservation');
  });

  it('are not begun for another’s reservation', async () => {
    web.lab.put(sample.reservation({ user: { id: 99, name: 'other' } }));
    const answer = await fetch(`http://127.0.0.1:${server.port}/reservations/7/events`, {
      headers: { cookie: asStudent },
    });
    assert.equal(answer.status, 404);
  });
});

describe('the server', () => {
  it('says in a sentence that its port is taken', async () => {
    const { app } = testApp();
    const first = await startServer({ app, host: '127.0.0.1', port: 0 });
    const second = startServer({ app, host: '127.0.0.1', port: first.port });
    await assert.rejects(second, {
      message: `Port ${first.port} on 127.0.0.1 is taken. Set LABRADOR_PORT to another one.`,
    });
    await first.stop();
  });
});
