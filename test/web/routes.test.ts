import assert from 'node:assert/strict';
import type { Express } from 'express';
import request from 'supertest';
import type { Role } from '../../src/domain/may.ts';
import type { Route, Who } from '../../src/web/route.ts';
import { routes } from '../../src/web/routes.ts';
import { asAdministrator, asImageAdministrator, asStudent, testApp } from '../helpers/web-app.ts';

/** Every door there is, and who may come in: changed by hand, so that nobody opens one by accident. */
const expected: Readonly<Record<Who, readonly string[]>> = {
  open: [
    'GET /api/v1/health',
    'GET /api/v1/openapi.json',
    'GET /health/live',
    'GET /health/ready',
    'GET /ical/:file',
    'GET /metrics',
    'GET /sign-in',
    'GET /sign-in/link/:link',
    'GET /tab-icon/:name',
    'POST /sign-in',
    'POST /sign-in/link/:link',
  ],
  'signed-in': [
    'DELETE /api/v1/reservations/:id',
    'GET /',
    'GET /api/v1/announcements',
    'GET /api/v1/calendar',
    'GET /api/v1/classes',
    'GET /api/v1/classes/:id',
    'GET /api/v1/reservations',
    'GET /api/v1/reservations/:id',
    'GET /api/v1/reservations/:id/connection',
    'GET /api/v1/reservations/:id/events',
    'GET /api/v1/reservations/:id/extend',
    'GET /calendar',
    'GET /classes/:id',
    'GET /classes/:id/events',
    'GET /environments',
    'GET /environments/:name',
    'GET /help',
    'GET /home/events',
    'GET /password',
    'GET /reservations',
    'GET /reservations/:id',
    'GET /reservations/:id/another',
    'GET /reservations/:id/calendar.ics',
    'GET /reservations/:id/change',
    'GET /reservations/:id/change/verdict',
    'GET /reservations/:id/download',
    'GET /reservations/:id/end',
    'GET /reservations/:id/events',
    'GET /reservations/:id/give-up',
    'GET /reservations/:id/reboot',
    'GET /reservations/:id/reinstall',
    'GET /reservations/:id/terminal',
    'GET /start/:name',
    'PATCH /api/v1/reservations/:id',
    'POST /api/v1/reservations/:id/connection',
    'POST /api/v1/reservations/:id/accept',
    'GET /api/v1/waitlist',
    'GET /api/v1/servers',
    'PATCH /api/v1/servers/:id',
    'GET /servers',
    'GET /servers/:id',
    'GET /servers/new',
    'POST /servers/:id',
    'POST /servers/new',
    'DELETE /api/v1/waitlist/:id',
    'POST /api/v1/reservations/:id/extend',
    'POST /api/v1/reservations/:id/capture/give-up',
    'POST /api/v1/reservations/:id/capture/retry',
    'POST /api/v1/reservations/:id/keep',
    'POST /api/v1/reservations/:id/reboot',
    'POST /api/v1/reservations/:id/reinstall',
    'POST /api/v1/reservations/:id/shorten',
    'POST /api/v1/reservations/:id/another',
    'POST /api/v1/reservations/:id/start',
    'POST /api/v1/classes/:id/claim',
    'POST /classes/:id/claim',
    'POST /notices/:notice/dismiss',
    'POST /password',
    'POST /reservations/:id/capture-again',
    'POST /reservations/:id/change',
    'POST /reservations/:id/connect',
    'POST /reservations/:id/give-up',
    'POST /reservations/:id/end',
    'POST /reservations/:id/accept',
    'POST /waitlist/:id/leave',
    'POST /reservations/:id/extend',
    'POST /reservations/:id/keep',
    'POST /reservations/:id/notices/:notice/dismiss',
    'POST /reservations/:id/reboot',
    'POST /reservations/:id/reinstall',
    'POST /reservations/:id/shorten',
    'POST /reservations/:id/another',
    'POST /reservations/:id/start',
    'POST /reservations/:id/ticket',
    'POST /sign-out',
  ],
  'reservation.create': [
    'POST /api/v1/servers',
    'GET /api/v1/availability',
    'GET /api/v1/availability/times',
    'GET /find-a-time',
    'GET /reserve',
    'GET /reserve/verdict',
    'POST /api/v1/reservations',
    'POST /api/v1/waitlist',
    'POST /waitlist',
    'POST /reserve',
  ],
  'image.read': ['GET /api/v1/images', 'GET /api/v1/images/:name'],
  'own-account': [
    'GET /api/v1/budgets',
    'GET /account',
    'POST /account/email',
    'POST /account/keys',
    'POST /account/keys/:id/remove',
    'POST /account/password',
    'POST /account/tokens',
    'POST /account/tokens/:id/revoke',
    'POST /account/zone',
    'DELETE /api/v1/calendar/address',
    'GET /api/v1/calendar/address',
    'POST /api/v1/calendar/address',
    'POST /calendar/address',
    'POST /calendar/address/revoke',
    'POST /calendar/invitations',
    'PUT /api/v1/calendar/invitations',
  ],
  'node.read': [
    'GET /api/v1/prediction',
    'GET /prediction',
    'GET /api/v1/loads',
    'GET /api/v1/loads/:id',
    'GET /api/v1/nodes',
    'GET /api/v1/nodes/:id',
    'GET /loads',
    'GET /loads/:id',
    'GET /loads/:id/console.txt',
    'GET /nodes',
    'GET /nodes/:id',
    'GET /nodes/:id/events',
    'GET /nodes/racks',
    'GET /nodes/racks/events',
    'GET /nodes/tiles',
    'GET /api/v1/discovered',
    'GET /nodes/discovered',
    'GET /nodes/discovered/events',
  ],
  'calendar.manage': [
    'DELETE /api/v1/maintenance/:id',
    'DELETE /api/v1/schedules/:id',
    'GET /api/v1/maintenance',
    'GET /api/v1/maintenance/:id',
    'GET /api/v1/schedules',
    'GET /api/v1/schedules/:id',
    'GET /maintenance',
    'GET /maintenance/:id',
    'GET /maintenance/:id/end',
    'GET /maintenance/new',
    'GET /schedules',
    'GET /schedules/:id',
    'GET /schedules/:id/remove',
    'GET /schedules/add',
    'PATCH /api/v1/maintenance/:id',
    'PATCH /api/v1/schedules/:id',
    'POST /api/v1/allocations/:id/move',
    'POST /api/v1/maintenance',
    'POST /api/v1/maintenance/preview',
    'POST /api/v1/schedules',
    'POST /maintenance/:id',
    'POST /maintenance/:id/end',
    'POST /maintenance/new',
    'POST /schedules/:id',
    'POST /schedules/:id/nodes',
    'POST /schedules/:id/remove',
    'POST /schedules/add',
    'POST /timeline/:id/move',
    'PUT /api/v1/schedules/:id/nodes',
    'PUT /api/v1/schedules/none/nodes',
  ],
  'pool.read': ['GET /api/v1/pools', 'GET /pools'],
  'allocations.read': [
    'GET /api/v1/allocations',
    'GET /api/v1/allocations/:id',
    'GET /waitlist',
    'GET /timeline',
    'GET /timeline/:id',
  ],
  'attention.read': ['GET /api/v1/attention', 'GET /attention', 'POST /attention/:item/retry'],
  'announcement.manage': [
    'DELETE /api/v1/announcements/:id',
    'GET /announcements',
    'POST /announcements',
    'POST /announcements/:id/withdraw',
    'POST /api/v1/announcements',
  ],
  'reservation.read': [],
  'reservation.change': [],
  'reservation.connect': [],
  'image.create': [
    'DELETE /api/v1/images/:name',
    'DELETE /api/v1/images/:name/revisions/:number',
    'GET /api/v1/images/:name/properties',
    'GET /api/v1/library',
    'GET /api/v1/images/:name/revisions',
    'GET /images',
    'GET /images/:name',
    'GET /images/:name/delete',
    'GET /images/:name/events',
    'POST /images/:name',
    'POST /images/:name/delete',
    'POST /images/:name/members',
    'POST /images/:name/publication',
    'POST /images/:name/revisions/:number/comment',
    'POST /images/:name/revisions/:number/delete',
    'POST /images/:name/revisions/:number/production',
    'POST /images/:name/restore',
    'POST /images/:name/revisions/:number/restore',
    'POST /images/:name/revisions/:number/test',
    'GET /reservations/:id/capture',
    'POST /reservations/:id/capture',
    'PATCH /api/v1/images/:name',
    'PATCH /api/v1/images/:name/revisions/:number',
    'POST /api/v1/images/:name/revisions/:number/production',
    'POST /api/v1/images/:name/restore',
    'POST /api/v1/images/:name/revisions/:number/restore',
    'POST /api/v1/reservations/:id/capture',
    'PUT /api/v1/images/:name/publication',
  ],
  'image.manage': [],
  'node.manage': [
    'PATCH /api/v1/prediction',
    'POST /prediction/pause',
    'POST /prediction/pools/:id',
    'POST /prediction/spares',
    'PUT /api/v1/prediction/images/:name',
    'PUT /api/v1/prediction/pools/:id',
    'POST /nodes/discovered/:id/ignore',
    'POST /nodes/discovered/:id/show',
    'PATCH /api/v1/discovered/:id',
    'GET /pools/:id',
    'POST /pools/:id',
    'GET /pools/new',
    'POST /pools/new',
    'GET /pools/:id/remove',
    'POST /pools/:id/remove',
    'POST /pools/:id/test',
    'GET /pools/:id/network',
    'POST /pools/:id/network',
    'GET /api/v1/pools/:id/network',
    'POST /api/v1/pools/:id/network',
    'GET /api/v1/pool-modules',
    'GET /api/v1/pools/:id',
    'POST /api/v1/pools',
    'PATCH /api/v1/pools/:id',
    'DELETE /api/v1/pools/:id',
    'GET /api/v1/pools/:id/test',
    'POST /api/v1/pools/:id/test',
    'GET /nodes/places',
    'POST /nodes/places',
    'PUT /api/v1/nodes/places',
    'GET /nodes/:id/hardware',
    'POST /nodes/:id/hardware',
    'PATCH /api/v1/nodes/:id/hardware',
    'GET /nodes/add',
    'POST /nodes/add',
    'POST /api/v1/nodes',
    'GET /nodes/orders',
    'GET /nodes/orders/events',
    'POST /nodes/:id/ticket',
    'POST /api/v1/nodes/:id/console',
    'POST /api/v1/nodes/:id/orders',
    'POST /nodes/orders',
  ],
  'user.manage': [
    'DELETE /api/v1/groups/:id',
    'DELETE /api/v1/people/:id',
    'GET /api/v1/groups',
    'GET /api/v1/groups/:id',
    'GET /api/v1/people',
    'GET /api/v1/people/:id',
    'GET /groups',
    'GET /groups/:id',
    'GET /groups/:id/delete',
    'GET /groups/add',
    'DELETE /api/v1/courses/:id',
    'GET /courses/:id/remove',
    'GET /courses/add',
    'POST /api/v1/courses',
    'POST /courses/:id/remove',
    'POST /courses/add',
    'GET /people',
    'GET /people/:id',
    'GET /people/:id/disable',
    'GET /people/:id/password',
    'GET /people/:id/remove',
    'GET /people/add',
    'GET /people/table',
    'PATCH /api/v1/groups/:id',
    'PATCH /api/v1/people/:id',
    'POST /api/v1/groups',
    'POST /api/v1/groups/:id/members',
    'POST /api/v1/people',
    'POST /api/v1/people/:id/disable',
    'POST /api/v1/people/:id/enable',
    'POST /api/v1/people/:id/password',
    'POST /api/v1/people/table',
    'POST /groups/:id',
    'POST /groups/:id/delete',
    'POST /groups/:id/members',
    'POST /groups/add',
    'POST /people/:id',
    'POST /people/:id/disable',
    'POST /people/:id/enable',
    'POST /people/:id/password',
    'POST /people/:id/remove',
    'POST /people/add',
    'POST /people/table',
  ],
  'course.manage': [
    'GET /api/v1/courses',
    'GET /api/v1/courses/:id',
    'GET /courses',
    'GET /courses/:id',
    'PATCH /api/v1/courses/:id',
    'POST /api/v1/courses/:id/members',
    'POST /courses/:id',
    'POST /courses/:id/members',
  ],
  'block.ask': [
    'GET /api/v1/blocks',
    'GET /api/v1/blocks/:id',
    'GET /api/v1/blocks/:id/dates/:date/seats',
    'GET /blocks/:id/dates/:date',
    'GET /blocks/:id/dates/:date/events',
    'GET /blocks/:id/dates/:date/do/:what',
    'GET /blocks',
    'GET /blocks/:id',
    'GET /blocks/:id/edit',
    'GET /blocks/:id/withdraw',
    'GET /blocks/ask',
    'PATCH /api/v1/blocks/:id/dates/:date',
    'POST /api/v1/blocks',
    'POST /api/v1/blocks/:id/approve',
    'POST /api/v1/blocks/:id/dates/:date/end',
    'POST /api/v1/blocks/:id/dates/:date/extend',
    'POST /api/v1/blocks/:id/dates/:date/another',
    'POST /api/v1/blocks/:id/dates/:date/extra',
    'POST /api/v1/blocks/:id/dates/:date/go-on',
    'POST /api/v1/blocks/:id/dates/:date/message',
    'POST /api/v1/blocks/:id/dates/:date/start',
    'POST /api/v1/blocks/:id/reject',
    'POST /api/v1/blocks/:id/withdraw',
    'POST /api/v1/blocks/preview',
    'POST /blocks',
    'POST /blocks/:id/approve',
    'POST /blocks/:id/change',
    'POST /blocks/:id/dates/:date',
    'POST /blocks/:id/dates/:date/do/:what',
    'POST /blocks/:id/edit',
    'POST /blocks/:id/preview',
    'POST /blocks/:id/reject',
    'POST /blocks/:id/withdraw',
    'POST /blocks/ask',
    'POST /blocks/preview',
    'PUT /api/v1/blocks/:id',
  ],
  'block.decide': [],
  'events.read': ['GET /api/v1/events', 'GET /api/v1/who-had-it', 'GET /events', 'GET /who-had-it'],
  'task.read': [
    'GET /api/v1/tasks',
    'GET /api/v1/tasks/:id',
    'GET /tasks',
    'GET /tasks/:id',
    'GET /tasks/:id/events',
  ],
  'task.manage': [
    'GET /tasks/:id/stop',
    'POST /api/v1/tasks/:id/retry',
    'POST /api/v1/tasks/:id/stop',
    'POST /tasks/:id/retry',
    'POST /tasks/:id/stop',
  ],
  search: ['GET /search'],
};

const forAdministrators = [
  'calendar.manage',
  'node.manage',
  'node.read',
  'allocations.read',
  'attention.read',
  'announcement.manage',
  'events.read',
  'task.read',
  'task.manage',
  'search',
  'user.manage',
  'course.manage',
  'block.ask',
];

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Record<string, boolean> };
}

/** What the application really answers, read from its router. */
function doorsOf(app: Express): string[] {
  const { stack } = (app as unknown as { router: { stack: Layer[] } }).router;
  return stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {})
      .filter((method) => method !== '_all') // says which methods an address takes, and lets nobody in
      .map((method) => `${method.toUpperCase()} ${route?.path}`),
  );
}

describe('the table of routes', () => {
  const { app } = testApp();
  const open = (door: string, cookie?: string) => {
    const [method = '', path = ''] = door.split(' ');
    const address = path.replace(/:\w+/g, '1');
    const call = request(app)[method.toLowerCase() as Route['method']](address);
    return cookie === undefined ? call : call.set('cookie', cookie);
  };

  it('is what was agreed', () => {
    for (const [who, doors] of Object.entries(expected)) {
      const found = routes
        .filter((route) => route.who === who)
        .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
      assert.deepEqual(found.sort(), [...doors].sort(), who);
    }
  });

  it('has every route of the application', () => {
    assert.deepEqual(doorsOf(app).sort(), Object.values(expected).flat().sort());
  });

  for (const door of Object.values(expected).flat()) {
    if (expected.open.includes(door)) continue;
    it(`${door} lets nobody in who has not signed in`, async () => {
      const answer = await open(door);
      const status = door.includes('/api/') ? 401 : 303;
      assert.equal(answer.status, status);
      if (status === 303) assert.match(String(answer.headers.location), /^\/sign-in/);
    });
  }

  const closed: readonly [Role, string, readonly string[]][] = [
    ['user', asStudent, [...forAdministrators, 'pool.read', 'image.create']],
    ['image-admin', asImageAdministrator, forAdministrators],
    ['administrator', asAdministrator, []],
  ];
  for (const [role, cookie, actions] of closed) {
    for (const door of actions.flatMap((action) => expected[action as Who])) {
      it(`${door} is closed for the role ${role}`, async () => {
        const answer = await open(door, cookie);
        assert.equal(answer.status, 403);
      });
    }
    const asksForMore = new Set(
      ['allocations', 'availability', 'availability/times', 'who-had-it'].map(
        (path) => `GET /api/v1/${path}`,
      ),
    );
    it(`opens every page that the role ${role} may read`, async () => {
      const readable = Object.entries(expected).flatMap(([who, doors]) =>
        actions.includes(who) ? [] : doors,
      );
      const pages = readable.filter((door) => /^GET [^:]*$/.test(door) && !door.endsWith('/events'));
      for (const door of pages) {
        const { status } = await open(door, cookie);
        // it lets in itself
        if (door === 'GET /metrics' && role !== 'administrator') continue;
        const fine = asksForMore.has(door)
          ? 422
          : door === 'GET /sign-in' || door === 'GET /password'
            ? 303
            : 200;
        assert.equal(status, fine, `${role} ${door}`);
      }
    });
  }
});
