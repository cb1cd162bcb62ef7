import assert from 'node:assert/strict';
import request, { type Test } from 'supertest';
import { LabError } from '../../src/domain/errors.ts';
import type { Services } from '../../src/services/services.ts';
import { administratorToken, asAdministrator, testApp } from '../helpers/web-app.ts';

function post(path: string, fields: Record<string, string>, over: Partial<Services> = {}): Test {
  return request(testApp(over).app)
    .post(path)
    .set('cookie', asAdministrator)
    .type('form')
    .send({ csrf: administratorToken, ...fields });
}

const no =
  (...given: ConstructorParameters<typeof LabError>) =>
  () =>
    Promise.reject(new LabError(...given));
const wrong = (fields: Record<string, string>) => no('input.invalid', { fields });

describe('forms of pools', () => {
  const typed = { name: 'mine', reach: 'none', loadSeconds: '9', version: '1' };

  it('tell the second of two, keep what was typed and show what it is now', async () => {
    const answer = await post('/pools/1', typed, { editPool: no('changed-meanwhile') });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /role="alert".*Somebody else changed this in the meantime/s);
    assert.match(answer.text, /value="mine"/);
    assert.match(answer.text, /It is local now[.]/);
    assert.match(answer.text, /value="9".*It is 3 now[.]/s);
    // who saves again has seen it
    assert.match(answer.text, /name="version" value="1"/);
  });

  it('name each setting that is wrong, beside what was typed', async () => {
    const fields = { loadSeconds: 'must be at least 0.', name: 'That name is taken.' };
    for (const [path, over] of [
      ['/pools/1', { editPool: wrong(fields) }],
      ['/pools/new', { createPool: wrong({ ...fields, portFrom: 'must be a number.' }) }],
    ] as const) {
      const answer = await post(path, { ...typed, module: 'qemu', portFrom: 'x' }, over);
      assert.equal(answer.status, 422);
      assert.match(answer.text, /id="name-error">.*That name is taken/s);
      assert.match(answer.text, /value="mine"/);
      if (path === '/pools/1')
        assert.match(answer.text, /aria-describedby="loadSeconds-hint loadSeconds-error"/);
      else assert.match(answer.text, /value="x".*must be a number/is);
    }
  });

  it('save, add and remove, and say so', async () => {
    const to = async (answer: Test) => (await answer).headers.location;
    assert.equal(await to(post('/pools/1', typed)), '/pools/1?said=saved');
    assert.equal(await to(post('/pools/new', { ...typed, module: 'qemu' })), '/pools/1?said=pool-added');
    assert.equal(await to(post('/pools/1/test', {})), '/pools/1');
    assert.equal(await to(post('/pools/1/remove', {})), '/pools?said=pool-removed');
  });

  it('say why a pool is not removed', async () => {
    const detail = 'The pool has 4 nodes: remove them first.';
    const answer = await post('/pools/1/remove', {}, { removePool: no('pool.in-use', { detail }) });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /The pool has 4 nodes: remove them first/);
  });
});

describe('forms of nodes', () => {
  it('say where nodes stand, or which line does not', async () => {
    const done = await post('/nodes/places', { places: 'vm-1, A3, 7\n\nvm-2\tB1\t\n' });
    assert.equal(done.headers.location?.startsWith('/nodes/racks'), true);
    const places = 'vm-1, A3, 7\nlab9, A3, 8';
    const unknown = await post('/nodes/places', { places });
    assert.match(unknown.text, /There is no node “lab9”/);
    assert.match(unknown.text, />vm-1, A3, 7\nlab9, A3, 8<\/textarea>/);
    assert.match((await post('/nodes/places', { places: 'a, b, 1, 2' })).text, /Line 1: write the machine/);
  });

  const added = { pool: 'local', image: 'tiny', cpus: '1', memoryMb: '512', diskMb: '4096' };

  it('show what would be added and keep what was typed; only then it is done', async () => {
    const shown = await post('/nodes/add', { ...added, pattern: 'lab[1-4]' });
    assert.equal(shown.status, 200);
    assert.match(shown.text, /name="confirm" value="1"/);
    assert.match(shown.text, /name="pattern" value="lab\[1-4\]"/);
    const done = await post('/nodes/add', { ...added, pattern: 'lab[1-4]', confirm: '1' });
    assert.match(done.text, /were added/);
    assert.doesNotMatch(done.text, /name="confirm"/);
  });

  it('name what is wrong with all of them, beside what was typed', async () => {
    const sentence = 'A quotation mark is opened in line 3 and never closed.';
    const over = { planNodes: wrong({ csv: sentence }) };
    const answer = await post('/nodes/add', { ...added, csv: 'name\nx\n"y', memoryMb: '512' }, over);
    assert.equal(answer.status, 422);
    assert.match(answer.text, /id="csv-error">.*line 3 and never closed/s);
    assert.match(answer.text, />name\nx\n&#34;y<\/textarea>/);
    const number = await post('/nodes/add', { ...added, cpus: 'many' });
    assert.equal(number.status, 422);
    assert.match(number.text, /value="many".*id="cpus-error"/s);
  });

  it('hand on what bare metal is switched and reached by, and nothing where nothing was typed', async () => {
    const asked: unknown[] = [];
    const planNodes: Services['planNodes'] = async (_me, { hardware }) => {
      asked.push(hardware);
      return [];
    };
    const typed = {
      bmcHost: '10.0.0.11',
      bmcUsername: 'admin',
      bmcPassword: ' two words ',
      firmware: 'uefi',
    };
    await post('/nodes/add', { ...added, pattern: 'r1', ...typed }, { planNodes });
    assert.deepEqual(asked, [typed]);
    const wrongly = await post('/nodes/add', { ...added, pattern: 'r1', ...typed, firmware: 'efi' });
    assert.equal(wrongly.status, 422);
    assert.doesNotMatch(wrongly.text, /id="bmcPassword"[^>]*value/);
  });

  it('change a BMC, leave a password that was not typed, and never show one', async () => {
    const typed = { bmcHost: '10.0.0.9', bmcUsername: 'root', firmware: 'bios', version: '3' };
    const done = await post('/nodes/2/hardware', { ...typed, bmcPassword: '' });
    assert.equal(done.status, 303);
    assert.equal(done.headers.location?.startsWith('/nodes/2'), true);
    const taken = await post('/nodes/2/hardware', { ...typed, bmcHost: 'taken', bmcPassword: 'hunter2' });
    assert.equal(taken.status, 422);
    assert.match(taken.text, /id="bmcHost-error">.*that of vm-1/s);
    assert.match(taken.text, /value="taken"/);
    assert.doesNotMatch(taken.text, /hunter2/);
  });

  it('take a table of 10,000 rows', async () => {
    const rows = Array.from(
      { length: 10_000 },
      (_, n) => `node-of-the-room-${n},52:54:00:00:00:01,2,4096,20480,tiny`,
    );
    const csv = ['name,mac,cpus,memoryMb,diskMb,image', ...rows].join('\n');
    assert.equal((await post('/nodes/add', { ...added, csv })).status, 200);
  });

  it('want a reason for "now" where somebody has one, and keep the choice', async () => {
    const order = { action: 'maintenance', when: 'now', nodes: '2:1 4:1' };
    const answer = await post('/nodes/orders', order);
    assert.equal(answer.status, 422);
    assert.match(answer.text, /id="reason-error">.*whoever has one of these nodes is told/s);
    assert.match(answer.text, /name="when" value="now"/);
    const done = await post('/nodes/orders', { ...order, reason: 'The fan is broken' });
    assert.match(done.text, /Done on 2 of 2/);
  });

  it('report row by row: of two who order one node, the second is told', async () => {
    const orderNode: Services['orderNode'] = async (_me, id) => {
      if (id === 2) throw new LabError('changed-meanwhile');
      return 'It goes into maintenance.';
    };
    const order = { action: 'maintenance', when: 'after', nodes: '2:1 4:1', reason: '' };
    const answer = await post('/nodes/orders', order, { orderNode });
    assert.match(answer.text, /Done on 1 of 2/);
    assert.match(answer.text, /vm-2.*Somebody else changed this in the meantime/s);
    assert.match(answer.text, /data-live="\/nodes\/orders\/events\?ids=4"/);
    assert.match(answer.text, /data-region="says-4">.*It came to node 4\./s);
  });
});
