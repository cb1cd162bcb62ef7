import assert from 'node:assert/strict';
import request from 'supertest';
import { hour } from '../../src/domain/time.ts';
import { spanOf } from '../../src/web/areas/timeline/span.ts';
import { makeClock } from '../../src/web/clock.ts';
import { administratorToken, asAdministrator, testApp } from '../helpers/web-app.ts';

describe('the time of a timeline', () => {
  const clock = makeClock('Europe/Berlin', Date.parse('2026-10-24T09:20:00Z'));
  const iso = (at: number) => new Date(at).toISOString();

  it('is as long as the clocks make it where they change', () => {
    const week = spanOf('', '', clock);
    assert.deepEqual([week.name, week.here, week.next], ['week', '2026-10-24', '2026-10-31']);
    assert.equal(week.until - week.from, 169 * hour);
    const day = spanOf('day', '2026-10-25', clock);
    assert.equal(day.until - day.from, 25 * hour);
    assert.equal(day.marks.filter(({ label }) => label === '02:00').length, 2);
    assert.equal(spanOf('day', '2027-03-28', clock).marks.length, 23);
  });

  it('goes on from one hour to the next through the hour that comes twice', () => {
    const first = spanOf('hour', '2026-10-25T02:00', clock);
    const second = spanOf('hour', first.next, clock);
    assert.deepEqual([first.from, second.from].map(iso), [
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ]);
    assert.equal(spanOf('hour', second.before, clock).from, first.from);
    assert.equal(second.marks.find(({ label }) => label !== null)?.label, '02:00');
  });

  for (const typed of ['x', '2026-02-30', '9999-12-31T00:00', '+1'])
    it(`is the one that begins today for "${typed}"`, () => {
      assert.equal(spanOf('year', typed, clock).here, '2026-10-24');
    });
});

describe('the timeline', () => {
  const get = (path: string, web = testApp()) => request(web.app).get(path).set('cookie', asAdministrator);

  it('draws every bar as a link that says what it is, and keeps filters and time in its links', async () => {
    const web = testApp();
    const { text, status } = await get('/timeline?span=day&only=busy&pool=x', web);
    assert.equal(status, 200);
    for (const says of [
      ...[/href="\/timeline\/4" aria-label="Class: Physics 1, Debian 12, /, /fill="url\(#fill-block\)"/],
      ...[/aria-label="Maintenance: New switches, /, /aria-label="Closed: Lab hours, /, /class="now-line"/],
      ...[
        /href="\/timeline\?pool=x&amp;only=busy"/,
        /name="span" value="day"/,
        /name="node" value="vm-1" form="plan"/,
      ],
    ])
      assert.match(text, says);
    assert.deepEqual(
      web.lab.asked
        .filter((one) => one.startsWith('timeline'))
        .map((one) => /"only":"busy".* (2[345])$/.test(one)),
      [true],
    );
    assert.doesNotMatch(text, /NaN| style="/);
    assert.match((await get('/timeline?search=zzz')).text, /No node is like that in this time/);
    assert.match(
      (await get('/timeline?format=csv')).text,
      /^id,node,purpose,.*\r\n1,vm-1,reservation,inuse,/,
    );
  });

  it('takes nodes that were chosen to the plan of a maintenance', async () => {
    const { text } = await get('/maintenance/new?node=vm-1&node=vm-3');
    assert.match(text, /<option value="nodes" selected>/);
    assert.match(text, />vm-1, vm-3<\/textarea>/);
  });

  it('moves a booking, or says why not beside it', async () => {
    const web = testApp();
    const page = await get('/timeline/2', web);
    for (const says of [
      /Change its time/,
      /node=vm-1/,
      /href="\/reservations\/7\/end"/,
      /<option value="4">vm-4/,
    ])
      assert.match(page.text, says);
    const send = (to: string) =>
      request(web.app)
        .post('/timeline/2/move')
        .set('cookie', asAdministrator)
        .type('form')
        .send({ csrf: administratorToken, to });
    assert.equal((await send('4')).headers.location, '/timeline/2?said=moved');
    const refused = await send('3');
    assert.deepEqual([refused.status, /That node is not free/.test(refused.text)], [409, true]);
    assert.deepEqual(
      web.lab.asked.filter((one) => one.startsWith('move')),
      ['move 2 4', 'move 2 3'],
    );
    assert.doesNotMatch((await get('/timeline/1', web)).text, /Move it to/);
  });
});
