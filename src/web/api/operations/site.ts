import { idIn } from '../../input.ts';
import type { Handler } from '../../route.ts';
import { defineOperation, type Operation, send } from '../operation.ts';
import * as present from '../present.ts';
import { pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/site.ts';

const attention = defineOperation({
  ...{ id: 'getAttention', method: 'get', path: '/attention', who: 'attention.read' },
  summary: 'Everything an administrator should look at.',
  answers: {
    200: { description: 'What it is, and when it was last looked.', schema: schema.AttentionSchema },
  },
  run: async ({ services, me }) => ({
    status: 200,
    body: present.presentAttention(await services.attention(me)),
  }),
});

const announcements = defineOperation({
  ...{ id: 'listAnnouncements', method: 'get', path: '/announcements', who: 'signed-in' },
  summary: 'What is announced now.',
  answers: { 200: { description: 'All of them.', schema: pageOf(schema.AnnouncementSchema) } },
  run: async ({ services }) => {
    const items = await services.listAnnouncements();
    return { status: 200, body: { items: items.map(present.presentAnnouncement), next: null } };
  },
});

const announce = defineOperation({
  ...{ id: 'announce', method: 'post', path: '/announcements', who: 'announcement.manage' },
  summary: 'Announces something on everybody’s Home.',
  body: schema.AnnounceBody,
  answers: { 204: { description: 'Announced.' } },
  run: async ({ services, me, body, once }) => {
    await services.announce(me, body.text, body.until ?? null, once);
    return { status: 204 };
  },
});

const withdraw = defineOperation({
  ...{ id: 'withdrawAnnouncement', method: 'delete', path: '/announcements/:id', who: 'announcement.manage' },
  summary: 'Takes an announcement back.',
  answers: { 204: { description: 'Taken back.' } },
  run: async ({ services, me, req }) => {
    await services.withdrawAnnouncement(me, idIn(req.params.id));
    return { status: 204 };
  },
});

/** 503 with its progress until everything that was announced can be reserved. */
export const health: Handler = async (web, _req, res) => {
  const { ready, progress, waitingFor, version } = await web.services.health();
  send(res, { status: ready ? 200 : 503, body: { ready, progress, waitingFor, version } });
};

const getHealth: Operation = {
  ...{ id: 'getHealth', method: 'get', path: '/health', who: 'open' },
  summary: 'Is everything ready?',
  answers: {
    200: { description: 'Ready.', schema: schema.HealthSchema },
    503: { description: 'Not yet, and how far.', schema: schema.HealthSchema },
  },
  handle: health,
};

export const siteOperations: readonly Operation[] = [attention, announcements, announce, withdraw, getHealth];
