import assert from 'node:assert/strict';
import { once } from 'node:events';
import { startTime } from '../../src/cli/start-time.ts';
import { LabError } from '../../src/domain/errors.ts';
import { makeClock } from '../../src/web/clock.ts';
import { type RunningServer, startServer } from '../../src/web/server.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';
import * as sample from '../helpers/sample-views.ts';
import { type TestApp, testApp } from '../helpers/web-app.ts';

describe('labrador reserve, over REST', function () {
  this.timeout(120_000);
  let web: TestApp;
  let server: RunningServer;
  const program = () => {
    const LABRADOR_URL = `http://127.0.0.1:${server.port}`;
    return labrador({ LABRADOR_URL, LABRADOR_TOKEN: 'student-session-secret', TZ: 'Europe/Berlin' });
  };
  let isAway: boolean;
  beforeEach(async () => {
    isAway = false;
    web = testApp({
      async getReservation(me, id) {
        if (isAway) throw new LabError('place.disarmed'); // answered with 503, as a proxy answers for a site that restarts
        return web.lab.find(me, id);
      },
    });
    server = await startServer({ app: web.app, host: '127.0.0.1', port: 0 });
  });
  afterEach(() => server.stop());

  it('books for later, by the clock on the wall', async () => {
    const { code, err } = await program().run(['reserve', 'tiny', '--start', '2027-01-15 10:30']);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(web.lab.asked, [`reserve tiny 60 ${Date.parse('2027-01-15T09:30Z')}`]);
    const wrong = await program().run(['reserve', 'tiny', '--start', 'soon']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /Expected 14:30/);
  });

  it('waits, tells each phase once, lives through a site that is away, and prints how to get in', async () => {
    const running = program().begin('reserve', 'tiny', '--wait');
    await tells(running, /^Booked\nMachine found: vm-2\nLoading\n/);
    isAway = true;
    await tells(running, /The site does not answer/);
    web.lab.put(sample.reservation({ state: 'reserved' }));
    isAway = false;
    assert.equal(await running.ended(), 0, running.err());
    assert.match(
      running.out(),
      /^7 .*\nssh -p 22041 student@127.0.0.1\n {2}password: kerning-lantern-48\n {2}host key/,
    );
    const lines = running.err().trim().split('\n');
    assert.equal(new Set(lines).size, lines.length);
    assert.equal(lines.at(-1), 'Ready');
  });

  it('fails with the reason of a reservation that does', async () => {
    const running = program().begin('reserve', 'tiny', '--wait', '--json');
    await tells(running, /Loading/);
    web.lab.put(sample.failed);
    assert.deepEqual([await running.ended(), running.out()], [1, '']);
    assert.match(running.err(), /The machine did not start twice, and no other was free/);
  });

  it('waits for a simulated one, which has nothing to connect to', async () => {
    const running = program().begin('reserve', 'tiny', '--wait', '--json');
    await tells(running, /Loading/);
    web.lab.put(sample.reservation({ simulated: true }));
    assert.equal(await running.ended(), 0, running.err());
    const { reservation, connection } = JSON.parse(running.out());
    assert.deepEqual([reservation.id, connection], [7, null]);
  });
});

describe('a start on the command line', () => {
  const now = Date.parse('2026-10-24T21:45Z'); // the night before the clocks go back
  const clock = makeClock('Europe/Berlin', now);
  const typed: Readonly<Record<string, string>> = {
    '23:50': '2026-10-24T21:50:00.000Z',
    '23:40': '2026-10-25T22:40:00.000Z',
    '2026-12-01T08:15': '2026-12-01T07:15:00.000Z',
    '2026-12-01T08:15+05:00': '2026-12-01T03:15:00.000Z',
    '2026-12-01T08:15Z': '2026-12-01T08:15:00.000Z',
  };
  for (const [text, iso] of Object.entries(typed))
    it(`${text} is ${iso}`, () => assert.equal(startTime(text, clock), iso));
  for (const text of ['25:00', '2026-13-01 08:00', 'tomorrow', '', '1785000000000', '2026-12-01'])
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(() => startTime(text, clock), /Expected 14:30/));
});

/** Waits until standard error has it. */
async function tells(running: RunningLabrador, pattern: RegExp): Promise<void> {
  while (!pattern.test(running.err())) {
    assert.equal(running.child.exitCode, null, running.err());
    await Promise.race([once(running.child.stderr ?? running.child, 'data'), running.ended()]);
  }
}
