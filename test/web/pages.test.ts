import assert from 'node:assert/strict';
import request from 'supertest';
import type { Services } from '../../src/services/services.ts';
import type { ReservationView } from '../../src/services/views.ts';
import { sampleServer } from '../helpers/fake-servers.ts';
import { FakeLab, fakeServices } from '../helpers/fake-services.ts';
import { sampleOffered, sampleWaiting } from '../helpers/fake-waiting.ts';
import * as sample from '../helpers/sample-views.ts';
import {
  administratorToken,
  asAdministrator,
  asNewcomer,
  asStudent,
  studentToken,
  type TestApp,
  testApp,
} from '../helpers/web-app.ts';

interface Shown {
  readonly cookie?: string;
  readonly lab?: readonly ReservationView[];
  readonly connected?: boolean;
  readonly status?: number;
  readonly says?: readonly RegExp[];
}

async function show(
  path: string,
  { cookie = asStudent, lab = [], connected = false, status = 200 }: Shown = {},
) {
  const web = testApp();
  web.lab.put(...lab);
  web.lab.connected = connected;
  const answer = await request(web.app).get(path).set('cookie', cookie);
  assert.equal(answer.status, status, answer.text.slice(0, 300));
  return answer;
}

const pages: readonly [string, string, Shown][] = [
  ['sign-in', '/sign-in', { cookie: '', says: [/Sign in/, /name="csrf"/] }],
  [
    'the link’s page',
    '/sign-in/link/some-link',
    { cookie: '', says: [/method="post" action="\/sign-in\/link\/some-link"/] },
  ],
  ['the first password', '/password', { cookie: asNewcomer, says: [/Choose a password/] }],
  ['Home with nothing', '/', { says: [/Start a machine/, /You have no machine now/] }],
  [
    'Home with a machine',
    '/',
    { lab: [sample.reservation()], says: [/1 h \d\d min/, />Connect</, /In use/] },
  ],
  ['Home while it loads', '/', { lab: [sample.loading], says: [/Getting ready/, /http-equiv="refresh"/] }],
  [
    'environments',
    '/environments',
    {
      says: [
        /Ready in about 3 s/,
        /All machines in use/,
        /simulated/,
        /1 to 4 CPUs, 256 MB to 1.5 GB memory, 2 GB disk/,
      ],
    },
  ],
  ['a search without result', '/environments?search=zzz', { says: [/No environment has “zzz”/] }],
  [
    'an environment',
    '/environments/tiny',
    { says: [/\/start\/tiny/, /<path d="M/, /3 of 4 free now/, /256 MB to 1.5 GB/] },
  ],
  ['the launch link', '/start/tiny', { says: [/name="open" value="terminal"/, /1 to 4 CPUs/] }],
  ['reserve', '/reserve?image=debian', { says: [/<option value="debian" selected/, /Ready in about 3 s/] }],
  [
    'reserve, too long',
    '/reserve?image=debian&minutes=500',
    { says: [/longer than your group/, /4 h instead, now/] },
  ],
  [
    'find a time',
    '/find-a-time?image=tiny&minutes=60&count=2',
    {
      says: [
        /<table class="time-grid"/,
        /2 machines with Tiny for 1 h/,
        /aria-label="[^"]+: 3 of 4 free"/,
        /href="\/reserve\?image=tiny&amp;when=at&amp;start=/,
        /<dt>Now<\/dt><dd>Ready in about 3 s 3 of 4 machines are free for all of that time\. <a href="\/reserve\?image=tiny&amp;minutes=60">/,
      ],
    },
  ],
  [
    'find a time, at the very time',
    '/find-a-time?image=tiny&minutes=60&at=2030-05-18T10:07',
    {
      says: [
        /<dt><time datetime="2030-05-18T\d\d:07:00\.000Z">Sat 18 May 2030 10:07/,
        /start=2030-05-18T10%3A07&amp;minutes=60"/,
        /at=2030-05-18T10%3A07">Later/,
      ],
    },
  ],
  [
    'my calendar',
    '/calendar',
    {
      says: [
        ...[
          /<table class="time-grid week-grid"/,
          /<h3>Now<\/h3>/,
          /30 seats are held for the class/,
          /You teach/,
        ],
        ...[/action="\/calendar\/address\/revoke"/, /This site sends no mail/],
      ],
    },
  ],
  [
    'a machine that loads',
    '/reservations/7',
    { lab: [sample.loading], says: [/Usually 26 min, nearly always within 51 min/, /aria-current="step"/] },
  ],
  [
    'asking before a booking is cancelled',
    '/reservations/7/end',
    { lab: [sample.booked], says: [/Cancel the booking/, /Cancel it/] },
  ],
  [
    'a booking in a calendar',
    '/reservations/7/calendar.ics',
    {
      lab: [sample.booked],
      says: [/^BEGIN:VCALENDAR\r\n/, /\r\nDTSTART:\d{8}T\d{6}Z\r\n/, /reservations\/7/],
    },
  ],
  [
    'a booking',
    '/reservations/7',
    {
      lab: [sample.booked],
      says: [
        ...[
          /until it starts/,
          /calendar\.ics/,
          /One press cancels it/,
          /^(?!.*Cancel…)/s,
          /href="\/reservations\/7\/change"/,
        ],
        /action="\/reservations\/7\/end"[^>]*>(?:(?!<\/form>).)*Cancel the booking/s,
      ],
    },
  ],
  [
    'changing a booking',
    '/reservations/7/change?minutes=500',
    {
      lab: [sample.booked],
      says: [/name="version" value="1"/, /longer than your group/, /change\?image=tiny.*minutes=240/],
    },
  ],
  [
    'another’s booking',
    '/reservations/7',
    { cookie: asAdministrator, lab: [sample.booked], says: [/Cancel…/, /^(?!.*One press)/s] },
  ],
  [
    'a ready machine',
    '/reservations/7',
    { lab: [sample.notConnected], says: [/to press Connect/, /Keep it/, />Connect</] },
  ],
  [
    'a connected machine',
    '/reservations/7',
    {
      lab: [sample.reservation()],
      connected: true,
      says: [
        /ssh -p 22041 student@127\.0\.0\.1/,
        /Open terminal/,
        /href="\/reservations\/7\/download\?archive=\."/,
        /reaches the web/,
        /1 CPU, 256 MB memory, 2 GB disk/,
        /Your SSH key/,
        /At most 1 h/,
      ],
    },
  ],
  [
    'notices',
    '/reservations/7',
    {
      lab: [sample.reservation({ notices: sample.notices })],
      says: [/It ends in 15 minutes/, /^(?!.*Your machine is ready)/s],
    },
  ],
  [
    'a machine that is off',
    '/reservations/7',
    { lab: [sample.off], says: [/The machine is off/, /Start it/] },
  ],
  [
    'a machine that does not start',
    '/reservations/7',
    {
      lab: [sample.down],
      says: [/The machine does not start/, /tried again once in a minute/, /another-dialog/],
    },
  ],
  [
    'asking before another machine',
    '/reservations/7/another',
    { lab: [sample.down], says: [/deleted, and nobody can get it back/, /Give me another machine/] },
  ],
  [
    'a failed one',
    '/reservations/7',
    { lab: [sample.failed], says: [/It did not work/, /<details class="log" data-log open>/] },
  ],
  ['an ended one', '/reservations/7', { lab: [sample.ended], says: [/You ended it/] }],
  ['a cancelled one', '/reservations/7', { lab: [sample.cancelled], says: [/Cancelled/, /^(?!.*Ended)/s] }],
  ['a simulated one', '/reservations/7', { lab: [sample.simulated], says: [/There is no machine here/] }],
  [
    'asking before the end',
    '/reservations/7/end',
    { lab: [sample.reservation()], says: [/nobody can get them back/] },
  ],
  [
    'asking before a reboot',
    '/reservations/7/reboot',
    { lab: [sample.reservation()], says: [/not saved is lost/, /Files on its disk stay/, /Not now/] },
  ],
  [
    'asking before a reinstallation',
    '/reservations/7/reinstall',
    { lab: [sample.reservation()], says: [/installed anew/] },
  ],
  [
    'the terminal',
    '/reservations/7/terminal',
    { lab: [sample.reservation()], says: [/data-terminal="\/reservations\/7"/, /<noscript>/] },
  ],
  ['my reservations', '/reservations', { lab: [sample.ended], says: [/Tiny Linux/] }],
  ['my reservations, none', '/reservations', { says: [/You have not reserved anything yet/] }],
  [
    'everybody’s',
    '/reservations',
    { cookie: asAdministrator, lab: [sample.reservation()], says: [/student/, /vm-2/, /1–1 of 1/, /Mine/] },
  ],
  [
    'needs attention',
    '/attention',
    {
      cookie: asAdministrator,
      says: [/href="\/nodes\/4">vm-4 could not be cleaned/, /One booking at 14:00/, /Last looked at/],
    },
  ],
  ['announcements', '/announcements', { cookie: asAdministrator, says: [/Withdraw/] }],
  ['nodes', '/nodes', { cookie: asAdministrator, says: [/vm-4/, /Its disk is full/, /1–4 of 4/] }],
  [
    'nodes, filtered and sorted',
    '/nodes?state=failed&sort=-since&search=vm',
    { cookie: asAdministrator, says: [/1–1 of 1/, /aria-sort="descending"/, /^(?!.*vm-2)/s] },
  ],
  [
    'racks',
    '/nodes/racks',
    {
      cookie: asAdministrator,
      says: [
        ...[/id="rack-1">A3</, /Unit <\/span>12/, /3 machines · /, /data-live="\/nodes\/racks\/events"/],
        ...[/Writing 29 % · tiny-v1/, /id="rack-2">this computer</, /Failed: Its disk is full\./],
      ],
    },
  ],
  [
    'where machines stand',
    '/nodes/places?node=vm-3',
    { cookie: asAdministrator, says: [/>vm-3, A3, 12<\/textarea>/] },
  ],
  ['no node like that', '/nodes?search=zzz', { cookie: asAdministrator, says: [/No node/, /Show all/] }],
  [
    'a node',
    '/nodes/2',
    {
      cookie: asAdministrator,
      says: [
        ...[
          /has it until/,
          /Next 24 hours/,
          /<rect class="strip-out" x="31" y="8" width="969"/,
          /<span>Maintenance<\/span><span class="hint">from /,
          /href="\/tasks\/41">Being cleaned and loaded \(Its disk is full\)<\/a>\. /,
        ],
        ...[/href="\/pools\/1">/, /href="\/events\?node=vm-2"/],
        ...[/lets anybody in without a password/, /href="\/nodes\/2\/hardware">10\.0\.7\.12</],
        ...[
          /did not start from the network/,
          /Writing the disk, 29 %/,
          /Firmware 35 s/,
          /usually 1 min 44 s/,
        ],
      ],
    },
  ],
  [
    'loads',
    '/loads',
    {
      cookie: asAdministrator,
      says: [/Firmware 35 s, usually 17 s/, /class="phase-write is-now"/, /1–3 of 3/, /href="\/loads\/23"/],
    },
  ],
  ['loads that failed', '/loads?state=failed', { cookie: asAdministrator, says: [/1–1 of 1/] }],
  ['no load like that', '/loads?node=zzz', { cookie: asAdministrator, says: [/No load is like that/] }],
  [
    'a load',
    '/loads/23',
    {
      cookie: asAdministrator,
      says: [/112 MB\/s/, /Twice as long as usual/, /Dell Inc. iDRAC9/, />iPXE 1.21\nnet0: &lt;ok&gt;</],
    },
  ],
  [
    'a pool',
    '/pools/1',
    { cookie: asAdministrator, says: [/How long a load takes/, /href="\/pools\/1\/network"/] },
  ],
  [
    'an imaging network',
    '/pools/1/network',
    {
      cookie: asAdministrator,
      says: [
        ...[/One thing is wrong\./, /every 5 minutes/, /Route<\/strong> <span class="hint">Not tried/],
        ...[/10\.0\.0\.1, 10\.0\.0\.9/, /To mend it: Take it off this network/],
      ],
    },
  ],
  [
    'discovered machines',
    '/nodes/discovered',
    {
      cookie: asAdministrator,
      says: [/02:5e:b0:33:01:9c/, /add\?pool=rack&amp;mac=02%3A5e/, /2 times/, /1 ignored/, /Show again/],
    },
  ],
  [
    'adding a discovered machine',
    '/nodes/add?pool=rack&mac=02:5e:b0:33:01:9c',
    { cookie: asAdministrator, says: [/selected>rack</, /value="02:5e:b0:33:01:9c"/] },
  ],
  [
    'adding nodes',
    '/nodes/add',
    { cookie: asAdministrator, says: [/lab\[01-40\]/, /rehearsal/, /Bare metal: BMC and address/] },
  ],
  [
    "a machine's BMC",
    '/nodes/2/hardware',
    {
      cookie: asAdministrator,
      says: [
        /It is Dell Inc. iDRAC9 6.10, IPMI 2.0, cipher suite 17\./,
        /lets anybody in/,
        /value="10.0.7.12"/,
      ],
    },
  ],
  ['a node that is not there', '/nodes/99', { cookie: asAdministrator, status: 404 }],
  [
    'what an order would do',
    '/nodes/orders?id=1&id=2&id=99&action=maintenance',
    {
      cookie: asAdministrator,
      says: [/Maintenance: 2 nodes/, /After this reservation/, /It would be done: maintenance 2/],
    },
  ],
  ['an order to none', '/nodes/orders', { cookie: asAdministrator, says: [/No node was chosen/] }],
  [
    'nodes as tiles',
    '/nodes/tiles?pool=x',
    { cookie: asAdministrator, says: [/vm-4/, /href="\/nodes\?pool=x"/] },
  ],
  [
    'tasks',
    '/tasks',
    { cookie: asAdministrator, says: [/Getting a machine ready/, /Two machines could not/, /1–4 of 4/] },
  ],
  ['tasks, none', '/tasks?state=done&node=x', { cookie: asAdministrator, says: [/No task is like/] }],
  [
    'a task',
    '/tasks/41',
    { cookie: asAdministrator, says: [/What belongs together/, /Stop…/, /data-live=/] },
  ],
  ['asking before a stop', '/tasks/41/stop', { cookie: asAdministrator, says: [/goes to another machine/] }],
  ['a task that is none', '/tasks/999', { cookie: asAdministrator, status: 404 }],
  [
    'events',
    '/events',
    {
      cookie: asAdministrator,
      says: [/Its disk is full/, /kept 30 days/, /30 days more/, /href="\/people\/\d+">/],
    },
  ],
  ['events, none', '/events?kind=zzz', { cookie: asAdministrator, says: [/Nothing like that/] }],
  ['who had it', '/who-had-it', { cookie: asAdministrator, says: [/kept a year/, /type="datetime-local"/] }],
  [
    'who had it, told',
    '/who-had-it?address=labs.example.org:22041&at=2026-01-02T03:04',
    {
      cookie: asAdministrator,
      says: [
        ...[/href="\/people\/3">Sam Student/, /href="\/environments\/tiny">/, /href="\/nodes\/2">vm-2/],
        ...[/198\.51\.100\.7/, /pressed Connect/],
      ],
    },
  ],
  [
    'who had it, asked wrongly',
    '/who-had-it?node=vm-2&at=soon',
    { cookie: asAdministrator, status: 422, says: [/must be a date and a time/i] },
  ],
  ['pools', '/pools', { cookie: asAdministrator, says: [/Simulator/, /the web/] }],
  ['account', '/account', { says: [/SHA256:/, /My script/, /<option selected>Europe\/Berlin/] }],
  ['help', '/help', { says: [/leave the terminal/] }],
  ['nothing', '/nowhere', { status: 404, says: [/Not here/] }],
  [
    'another’s reservation',
    '/reservations/7',
    { lab: [sample.reservation({ user: { id: 99, name: 'other' } })], status: 404 },
  ],
  ['a reservation that cannot be one', '/reservations/1e9', { status: 404 }],
  [
    'an environment that is called otherwise',
    '/environments/debian-11',
    { status: 404, says: [/“debian-11”/, /renamed or removed/, /href="\/environments\/debian">Debian 12</] },
  ],
  [
    'a launch link that is too old',
    '/start/tinny',
    { status: 404, says: [/“tinny”/, /href="\/start\/tiny">Tiny Linux</, /href="\/environments">All/] },
  ],
  [
    'a launch link to nothing like that',
    '/start/%3Cscript%3Ezzz',
    { status: 404, says: [/“&lt;script&gt;zzz”/, /removed\.<\/p>/, /^(?!.*href="\/start)/s] },
  ],
  ['an address that forms are sent to', '/sign-out', { status: 405, says: [/Not in this way/] }],
  ['an address with a NUL', '/environments/a%00b', { status: 404 }],
  ['an address that is broken', '/environments/%E0%A4%A', { status: 404 }],
];

describe('pages', () => {
  for (const [name, path, shown] of pages) {
    it(`shows ${name}`, async () => {
      const { text, headers } = await show(path, shown);
      for (const pattern of shown.says ?? []) assert.match(text, pattern);
      assert.doesNotMatch(text, /<script(?![^>]* src=)|\sstyle=|\son\w+=|javascript:|undefined|\[object/);
      assert.match(
        String(headers['content-security-policy']),
        /default-src 'none';script-src 'self';style-src 'self';/,
      );
      assert.equal(headers['cache-control'], 'no-store');
    });
  }

  it('says beside Needs attention how much there is, to those who may see it', async () => {
    const administrator = await show('/account', { cookie: asAdministrator });
    assert.match(administrator.text, /Needs attention<span class="bar-count" data-attention>2<\/span>/);
    assert.doesNotMatch((await show('/account', {})).text, /data-attention/);
    const quiet = testApp({ countAttention: async () => 0 });
    const none = await request(quiet.app).get('/account').set('cookie', asAdministrator);
    assert.match(none.text, /<span class="bar-count" data-attention hidden><\/span>/);
  });

  it('has one filled button at most on each', async () => {
    for (const [name, path, shown] of pages) {
      const { text } = await show(path, shown);
      const filled = text.match(/class="button filled/g) ?? [];
      assert.ok(filled.length <= (path.endsWith('/terminal') ? 2 : 1), `${name}: ${filled.length}`);
    }
  });

  it('names the machines that do not have the keys as they are now yet', async () => {
    const over = {
      keysOnTheirWay: async () => [{ id: 7, title: 'Tiny Linux' }],
      removeSshKey: async () => false,
    };
    const { app } = testApp(over);
    const removed = await request(app)
      .post('/account/keys/5/remove')
      .set('cookie', asStudent)
      .type('form')
      .send({ csrf: studentToken });
    assert.equal(removed.headers.location, '/account?said=key-going');
    const { text } = await request(app).get('/account?said=key-going').set('cookie', asStudent);
    assert.match(
      text,
      /as soon as they answer.*Not changed yet on <a href="\/reservations\/7">Tiny Linux<\/a>/s,
    );
  });

  it('says where an address may be set whether anything is mailed to it', async () => {
    for (const [path, cookie] of [
      ['/account', asStudent],
      ['/people/3', asAdministrator],
    ] as const) {
      const look = async (sendsMail: boolean) =>
        (
          await request(testApp({}, null, undefined, { sendsMail }).app)
            .get(path)
            .set('cookie', cookie)
        ).text;
      assert.match(await look(true), /notices are mailed to/i, path);
      const without = await look(false);
      assert.doesNotMatch(without, /notices are mailed to/i, path);
      assert.match(without, /site sends no mail/, path);
    }
  });

  it('puts people into the line with one click, shows their place, and lets them leave', async () => {
    const wait = { kind: 'wait' as const, label: 'Wait for a machine', image: 'tiny', minutes: 60 };
    const { app, lab } = testApp({
      verdict: async () => ({
        ...{ possible: false, text: 'All are taken.', readyAt: null, end: null, alternatives: [wait] },
        ...{ fields: {}, code: 'reservation.no-machine', free: null, machines: null, costs: null },
      }),
    });
    const reserve = await request(app).get('/reserve?image=tiny').set('cookie', asStudent);
    assert.match(reserve.text, /action="\/waitlist".*Wait for a machine.*name="askFirst" value="1"/s);
    const send = (path: string, body: object) =>
      request(app)
        .post(path)
        .set('cookie', asStudent)
        .type('form')
        .send({ csrf: studentToken, ...body });
    const joined = await send('/waitlist', { image: 'tiny', minutes: '60', askFirst: '1' });
    assert.deepEqual([joined.status, joined.headers.location], [303, '/?said=waits']);
    assert.equal((await send('/waitlist', { image: 'tiny', minutes: 'x' })).status, 422);
    lab.waiting = [sampleWaiting];
    const home = await request(app).get('/').set('cookie', asStudent);
    assert.match(home.text, /2nd<.*in the line.*action="\/waitlist\/1\/leave"/s);
    assert.equal((await send('/waitlist/1/leave', {})).status, 303);
    assert.equal((await send('/waitlist/9/leave', {})).status, 404);
  });

  it('shows operators the whole line: by environment, pool and person, as a file, and when nobody waits', async () => {
    const { app, lab } = testApp();
    const get = (path: string) => request(app).get(path).set('cookie', asAdministrator);
    assert.match((await get('/waitlist')).text, /Nobody waits: everything/);
    lab.waiting = [sampleOffered, { ...sampleWaiting, id: 2 }, { ...sampleWaiting, id: 3, place: null }];
    const all = (await get('/waitlist')).text;
    assert.match(
      all,
      /Offered.*reservations\/7">offered<\/a> until.*missed one offer.*2nd.*qemu.*2 h.*at the latest.*Far behind/s,
    );
    assert.match(all, /Tiny Linux \(3\)/);
    assert.equal([...(await get('/waitlist?pool=qemu')).text.matchAll(/scope="row"/g)].length, 2);
    assert.match((await get('/waitlist?search=zzz')).text, /Nobody like that waits/);
    const csv = (await get('/waitlist?sort=turn&format=csv')).text.trim().split('\n');
    assert.deepEqual(
      csv.map((line) => line.split(',')[0]),
      ['id', '1', '2', '3'],
    );
    assert.equal((await request(app).get('/waitlist').set('cookie', asStudent)).status, 403);
  });

  it('takes, shows and changes servers, and shows them apart on Home', async () => {
    const { app, lab } = testApp();
    const send = (path: string, body: object) =>
      request(app)
        .post(path)
        .set('cookie', asAdministrator)
        .type('form')
        .send({ csrf: administratorToken, ...body });
    const get = (path: string, who: string) => request(app).get(path).set('cookie', who);
    assert.match((await get('/servers', asStudent)).text, /Course database.*students log in.*no end/s);
    assert.match((await get('/servers/new', asStudent)).text, /You may have no more servers/);
    const typed = {
      image: 'tiny',
      name: 'Database',
      start: '',
      end: '',
      loginGroup: 'students',
      adminGroup: '',
    };
    const wrong = await send('/servers/new', { ...typed, name: '', end: 'soon' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="name-error".*id="end-error">.*Please enter a date and a time/s);
    const taken = await send('/servers/new', typed);
    assert.deepEqual([taken.status, taken.headers.location], [303, '/reservations/21']);
    lab.put(sampleServer());
    lab.servers = [sampleServer()];
    assert.match(
      (await get('/servers/21', asAdministrator)).text,
      /Change Course database.*<option selected>students/s,
    );
    assert.equal((await send('/servers/21', { ...typed, name: 'Data' })).status, 303);
    assert.deepEqual(lab.asked, ['server Database', 'server 21 Data']);
    const page = await get('/reservations/21', asAdministrator);
    assert.match(page.text, /Server with Tiny Linux: students log in.*No end/s);
    assert.match((await get('/', asStudent)).text, /id="servers">Servers<.*Course database.*No end/s);
  });

  it('offers what stands in the way instead of a Start that a limit would refuse', async () => {
    const other = { kind: 'end-other' as const, reservationId: 7, label: 'You have one: open it' };
    const hindrance = { text: 'Your group may have one machine at a time.', other };
    const held = sample.image({ hindrance });
    const home = await fakeServices(new FakeLab()).home(sample.student);
    const { app } = testApp({
      getImage: async () => held,
      listImages: async () => [held],
      home: async () => ({ ...home, again: [held] }),
    });
    for (const path of ['/', '/environments', '/environments/tiny', '/start/tiny']) {
      const { text } = await request(app).get(path).set('cookie', asStudent);
      assert.match(text, /href="\/reservations\/7">You have one: open it</, path);
      assert.doesNotMatch(text, /action="\/reserve"/, path);
    }
  });

  it('lets notices be put away on Home, each in its tone, and says why when it is over', async () => {
    const reinstalled = sample.notice({ key: 'reinstalled-1', text: 'It was reinstalled.' });
    const notices = [...sample.notices, reinstalled];
    const home = await show('/', { lab: [sample.reservation({ notices })] });
    assert.match(home.text, /class="notice urgent".*class="notice good"/s);
    assert.match(home.text, /action="\/reservations\/7\/notices\/42\/dismiss".*name="from" value="home"/s);
    const over = await show('/reservations/7', { lab: [{ ...sample.ended, notices }] });
    assert.doesNotMatch(over.text, /class="notice/);
  });

  it('leads from what is said of an image to it: on Home until it is put away, and where it was captured', async () => {
    const notices = [sample.notice({ image: { name: 'physics-lab', title: 'Physics lab' } })];
    const link = /It was captured\. <a href="\/images\/physics-lab">See Physics lab<\/a>/;
    const home = await fakeServices(new FakeLab()).home(sample.student);
    const { app } = testApp({ home: async () => ({ ...home, notices }) });
    const { text } = await request(app).get('/').set('cookie', asStudent);
    assert.match(text, link);
    assert.match(text, /action="\/notices\/42\/dismiss"/);
    const over = await show('/reservations/7', { lab: [{ ...sample.ended, notices }] });
    assert.match(over.text, link);
  });

  it('escapes everything that people wrote', async () => {
    const evil = '<script>alert(1)</script>"\'&';
    const over: Partial<Services> = {
      listImages: async () => [sample.image({ title: evil, description: evil, name: evil })],
      getReservation: async () =>
        sample.reservation({ image: { id: 1, name: evil, title: evil, icon: evil } }),
      history: async () => [{ id: 1, at: 0, kind: 'x', text: evil, detail: false }],
      connection: async () => ({ ...sample.connection, notes: evil }),
    };
    const { app } = testApp(over);
    for (const path of [
      '/environments',
      '/reservations/7',
      `/reserve?image=${encodeURIComponent(evil)}`,
      `/environments?search=${encodeURIComponent(evil)}`,
    ]) {
      const { text } = await request(app).get(path).set('cookie', asStudent);
      assert.doesNotMatch(text, /<script>alert/);
      assert.match(text, /&lt;script&gt;alert/);
    }
  });

  const files: Readonly<Record<string, [string, RegExp]>> = {
    '/reservations?': ['reservations', /^id,state,image,.*\r\n7,inuse,tiny,student,vm-2,qemu,/],
    '/images?': [
      'images',
      /^id,name,title,.*\r\n5,physics-lab,Physics lab,imageadmin,owner,1,1,2400000000,tiny,/,
    ],
    '/pools?': ['pools', /^id,name,module,.*\r\n1,this computer,qemu,false,4,1,web/],
    '/nodes?': ['nodes', /^id,name,state,.*vm-4/s],
    '/loads?': ['loads', /^id,node,.*,writeMs,.*\r\n23,vm-2,local,tiny-v1,.*,35000,.*,4650000000,firmware,/s],
    '/tasks?': ['tasks', /^id,parent,action,.*\r\n41,/s],
    '/events?': ['events', /^id,at,kind,/],
    '/who-had-it?node=vm-2&at=2026-01-02T03:04&': [
      'who-had-it',
      /^reservation,person,.*\r\n7,student,.*198\.51\.100\.7.*\r\n7,student,.*2001:db8::7/s,
    ],
  };
  for (const [path, [name, says]] of Object.entries(files))
    it(`gives ${name} as a file that says the same`, async () => {
      const page = { cookie: asAdministrator, lab: [sample.reservation()] };
      assert.match((await show(path, page)).text, /href="[^"]*format=csv"/);
      const file = await show(`${path}format=csv`, page);
      assert.equal(file.headers['content-disposition'], `attachment; filename=${name}.csv`);
      assert.match(file.text, says);
    });

  it('lets styles into the terminal’s page only for a browser without WebGL', async () => {
    const lab = [sample.reservation()];
    const strict = await show('/reservations/7/terminal', { lab });
    const relaxed = await show('/reservations/7/terminal?renderer=dom', { lab });
    const other = await show('/reservations/7?renderer=dom', { lab });
    const inline = /style-src 'self' 'unsafe-inline'/;
    assert.doesNotMatch(String(strict.headers['content-security-policy']), inline);
    assert.match(String(relaxed.headers['content-security-policy']), inline);
    assert.match(String(relaxed.headers['content-security-policy']), /script-src 'self';/);
    assert.doesNotMatch(String(other.headers['content-security-policy']), inline);
  });

  it('sends somebody with a first password to change it', async () => {
    const answer = await show('/environments', { cookie: asNewcomer, status: 303 });
    assert.equal(answer.headers.location, '/password');
  });

  it('tells its numbers to administrators and to this computer itself', async () => {
    const { app } = testApp();
    await request(app).get('/help').set('cookie', asStudent);
    const { text, headers } = await request(app).get('/metrics');
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
    assert.match(text, /^labrador_nodes\{state="available"\} 3$/m);
    assert.match(text, /^labrador_load_seconds\{image="tiny",pool="here",quantile="0\.95"\} 4$/m);
    assert.match(text, /^labrador_http_seconds_count\{method="GET",route="\/help",status="2xx"\} 1$/m);
    for (const line of text.trimEnd().split('\n'))
      assert.match(line, /^# |^labrador_\w+(\{.*\})? [\d.e+-]+$/);
    const ask = () => request(app).get('/metrics').set('x-forwarded-for', '203.0.113.9');
    assert.equal((await ask()).status, 303);
    assert.equal((await ask().set('cookie', asStudent)).status, 403);
    assert.equal((await ask().set('authorization', 'Bearer admin-session-secret')).status, 200);
  });

  it('says an error’s number, which is in the log, and nothing of its cause', async () => {
    const web: TestApp = testApp({ home: () => Promise.reject(new Error('secret of the database')) });
    const { status, text } = await request(web.app).get('/').set('cookie', asStudent);
    assert.equal(status, 500);
    const number = /<code>([0-9a-f]{12})<\/code>/.exec(text)?.[1];
    assert.doesNotMatch(text, /secret of the database/);
    const line = web.logged.find((one) => one.msg === 'request failed');
    assert.equal(line?.request, number);
    assert.match(JSON.stringify(line), /secret of the database/);
  });

  it('keeps assets for ever and serves them compressed', async () => {
    const { text } = await show('/help');
    const css = /href="(\/assets\/[\w-]+\/app\.css)"/.exec(text)?.[1] ?? '';
    const { app } = testApp();
    const packed = await request(app).get(css).set('accept-encoding', 'br');
    assert.equal(packed.headers['content-encoding'], 'br');
    assert.match(String(packed.headers['cache-control']), /immutable/);
    const plain = await request(app).get(css).set('accept-encoding', 'identity');
    assert.match(plain.text, /--accent/);
    assert.equal((await request(app).get('/assets/old/app.css')).status, 404);
    assert.equal((await request(app).get(css.replace('app.css', '../../web.ts'))).status, 404);
  });
});
