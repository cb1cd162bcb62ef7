import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { ReservationView, WaitingView } from '../../../src/services/views.ts';
import {
  axeFindings,
  launch,
  openWindow,
  overflow,
  startSite,
  type TestSite,
} from '../../helpers/browser.ts';
import { sampleOffered, sampleWaiting } from '../../helpers/fake-waiting.ts';
import * as sample from '../../helpers/sample-views.ts';

const student = 'student-session-secret';
const admin = 'admin-session-secret';
const imageAdmin = 'image-admin-session-secret';
const hers = { user: { id: 2, name: 'imageadmin' } };
const failure = 'There is no room left for the image on the disk of the server.';

interface Look {
  readonly path: string;
  readonly session?: string | null;
  readonly lab?: readonly ReservationView[];
  readonly waiting?: readonly WaitingView[];
  readonly connected?: boolean;
  /** What is opened before it is looked at. */
  readonly press?: string;
  /** The browser's own complaint about the page's status. */
  readonly missing?: boolean;
}

const looks: Readonly<Record<string, Look>> = {
  prediction: { path: '/prediction', session: admin },
  schedules: { path: '/schedules', session: admin },
  'adding a schedule': { path: '/schedules/add', session: admin },
  'a schedule': { path: '/schedules/1', session: admin },
  'maintenance windows': { path: '/maintenance', session: admin },
  'the timeline': { path: '/timeline', session: admin },
  'a bar of the timeline': { path: '/timeline/2', session: admin },
  'planning maintenance': { path: '/maintenance/new?rack=A', session: admin },
  'a maintenance window': { path: '/maintenance/1', session: admin },
  'the wall of a class': { path: '/blocks/7/dates/31', session: admin },
  'a class that one attends': { path: '/classes/31' },
  'a class that is full': { path: '/classes/33' },
  'sign-in': { path: '/sign-in', session: null },
  'a sign-in link': { path: '/sign-in/link/fresh', session: null },
  'the first password': { path: '/password', session: 'new-session-secret' },
  'an empty Home': { path: '/' },
  'Home with two machines': { path: '/', lab: [sample.reservation(), { ...sample.booked, id: 8 }] },
  'Home while it loads': { path: '/', lab: [sample.loading] },
  'who waits': {
    path: '/waitlist',
    session: admin,
    waiting: [
      sampleOffered,
      ...Array.from({ length: 3 }, (_, at) => ({ ...sampleWaiting, id: at + 2, place: at + 1 })),
    ],
  },
  'nobody who waits': { path: '/waitlist', session: admin },
  'Home while one waits': { path: '/', waiting: [sampleWaiting] },
  'an offer on Home': { path: '/', lab: [sample.offered] },
  'an offer': { path: '/reservations/7', lab: [sample.offered] },
  'the account menu': { path: '/', press: '.me summary' },
  environments: { path: '/environments' },
  'no environment found': { path: '/environments?search=zzz' },
  'an environment': { path: '/environments/tiny' },
  'a launch link': { path: '/start/tiny' },
  reserve: { path: '/reserve?image=debian' },
  'reserve what cannot be had': { path: '/reserve?image=debian&minutes=500&when=at' },
  'find a time': { path: '/find-a-time?image=debian&count=2' },
  'my calendar': { path: '/calendar' },
  'taking a server': { path: '/servers/new', session: admin },
  'an empty calendar': { path: '/calendar', session: imageAdmin },
  'a booking': { path: '/reservations/7', lab: [sample.booked] },
  'changing a booking': { path: '/reservations/7/change?minutes=500', lab: [sample.booked] },
  'a ready machine': { path: '/reservations/7', lab: [sample.notConnected] },
  'a connected machine': { path: '/reservations/7', lab: [sample.reservation()], connected: true },
  'the question before the end': {
    path: '/reservations/7',
    lab: [sample.reservation()],
    press: '[data-dialog="end-dialog"]',
  },
  'the log': { path: '/reservations/7', lab: [sample.reservation()], press: '.log summary' },
  'a machine that does not start': { path: '/reservations/7', lab: [sample.down] },
  'a machine that is off': { path: '/reservations/7', lab: [sample.off] },
  'a failed reservation': { path: '/reservations/7', lab: [sample.failed] },
  'an ended reservation': { path: '/reservations/7', lab: [sample.ended] },
  'a simulated machine': { path: '/reservations/7', lab: [sample.simulated] },
  'a page of its own before the end': { path: '/reservations/7/end', lab: [sample.reservation()] },
  'capturing a machine': {
    path: '/reservations/7/capture',
    session: imageAdmin,
    lab: [sample.reservation({ ...hers, can: { ...sample.reservation().can, capture: true } })],
  },
  'a machine that is being captured': {
    path: '/reservations/7',
    session: imageAdmin,
    lab: [sample.capturing()],
  },
  'a capture that failed': {
    path: '/reservations/7',
    session: imageAdmin,
    lab: [sample.capturing({ failure })],
    press: '[data-dialog="give-up-dialog"]',
  },
  'a page of its own before giving up': {
    path: '/reservations/7/give-up',
    session: imageAdmin,
    lab: [sample.capturing({ failure })],
  },
  'my reservations': { path: '/reservations', lab: [sample.ended] },
  'no reservations': { path: '/reservations' },
  'everybody’s reservations': {
    path: '/reservations',
    session: admin,
    lab: [sample.reservation(), { ...sample.failed, id: 8 }],
  },
  'no reservation like that': { path: '/reservations?image=zzz', session: admin },
  'needs attention': { path: '/attention', session: admin },
  announcements: { path: '/announcements', session: admin },
  images: { path: '/images', session: imageAdmin },
  'no image found': { path: '/images?search=zzz', session: imageAdmin },
  'an image': { path: '/images/tiny', session: imageAdmin },
  'the question before an image goes': {
    path: '/images/tiny',
    session: imageAdmin,
    press: '[data-dialog="delete-dialog"]',
  },
  nodes: { path: '/nodes', session: admin },
  'a pool': { path: '/pools/1', session: admin },
  'a new pool': { path: '/pools/new', session: admin },
  'discovered machines': { path: '/nodes/discovered', session: admin },
  'adding nodes': { path: '/nodes/add', session: admin },
  'a node': { path: '/nodes/2', session: admin },
  loads: { path: '/loads', session: admin },
  'a load': { path: '/loads/23', session: admin },
  'a BMC': { path: '/nodes/2/hardware', session: admin },
  'what an order would do': { path: '/nodes/orders?id=2&id=4&action=reload&when=now', session: admin },
  'nodes in their racks': { path: '/nodes/racks', session: admin },
  'where nodes stand': { path: '/nodes/places', session: admin },
  'nodes as tiles': { path: '/nodes/tiles', session: admin },
  'no node like that': { path: '/nodes?search=zzz', session: admin },
  people: { path: '/people', session: admin },
  'nobody like that': { path: '/people?search=zzz', session: admin },
  'a person': { path: '/people/3', session: admin },
  'somebody who is shut out, with a long name': { path: '/people/4', session: admin },
  'somebody who was removed': { path: '/people/5', session: admin },
  'adding a person': { path: '/people/add', session: admin },
  'adding people': { path: '/people/table', session: admin },
  'a new password': { path: '/people/3/password', session: admin },
  'disabling somebody': { path: '/people/3/disable', session: admin },
  'removing somebody': { path: '/people/3/remove', session: admin },
  groups: { path: '/groups', session: admin },
  'a group': { path: '/groups/2', session: admin },
  'a group with nobody in it': { path: '/groups/3', session: admin },
  'adding a group': { path: '/groups/add', session: admin },
  'seats of classes': { path: '/blocks', session: admin },
  'asking for seats': { path: '/blocks/ask?course=2', session: 'instructor-session-secret' },
  'seats that are held': { path: '/blocks/7', session: 'instructor-session-secret' },
  'seats to be decided': { path: '/blocks/8', session: admin },
  courses: { path: '/courses', session: admin },
  'a course': { path: '/courses/2', session: 'instructor-session-secret' },
  'a course with nobody in it': { path: '/courses/3', session: admin },
  'making a group a course': { path: '/courses/add', session: admin },
  tasks: { path: '/tasks', session: admin },
  'a task with its tree': { path: '/tasks/41', session: admin },
  'a search for everything': { path: '/search?q=vm', session: admin },
  events: { path: '/events', session: admin },
  'no events': { path: '/events?kind=zzz', session: admin },
  'who had it': { path: '/who-had-it?address=22041&at=2026-01-02T03:04', session: admin },
  pools: { path: '/pools', session: admin },
  account: { path: '/account' },
  help: { path: '/help' },
  'a launch link that is too old': { path: `/start/tiny-${'x'.repeat(50)}`, missing: true },
  'nothing there': { path: '/nowhere', missing: true },
};

describe('every page, looked at', () => {
  let browser: Browser;
  let site: TestSite;
  before(async () => {
    [browser, site] = await Promise.all([launch(), startSite()]);
  });
  after(async () => {
    await browser.close();
    await site.server.stop();
  });

  for (const [name, look] of Object.entries(looks)) {
    it(`${name}: light and dark, wide and narrow, without a finding`, async () => {
      site.lab.reservations.clear();
      site.lab.put(...(look.lab ?? []));
      site.lab.connected = look.connected ?? false;
      site.lab.waiting = look.waiting ?? [];
      const errors: string[] = [];
      const { context, page } = await openWindow(
        browser,
        site,
        look.session === undefined ? student : look.session,
        errors,
      );
      await page.goto(`${site.base}${look.path}`);
      if (look.press !== undefined) await page.click(look.press);
      await lookAtAll(page);
      assert.deepEqual(
        errors.filter((error) => !(look.missing && /404/.test(error))),
        [],
      );
      await context.close();
    });
  }
});

async function lookAtAll(page: Page): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 860 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await axeFindings(page), [], `${width} ${colorScheme}`);
    }
    assert.ok((await overflow(page)) <= 0, `wider than ${width}`);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  assert.ok((await overflow(page)) <= 0, 'wider than 320');
}
