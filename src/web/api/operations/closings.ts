import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { pageOfAll } from '../page-of-all.ts';
import * as present from '../present-closings.ts';
import * as schema from '../schemas/closings.ts';
import { PageQuery, pageOf } from '../schemas/common.ts';

const who = 'calendar.manage' as const;
const schedule = '/schedules/:id';
const window = '/maintenance/:id';

const listSchedules = defineOperation({
  ...{ id: 'listSchedules', method: 'get', path: '/schedules', who },
  summary: 'Weekly hours in which nodes may be used.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.ScheduleSchema) } },
  run: async ({ services, me, query }) => {
    const { items, next } = pageOfAll(await services.listSchedules(me), query);
    return { status: 200, body: { items: items.map(present.presentSchedule), next } };
  },
});

const getSchedule = defineOperation({
  ...{ id: 'getSchedule', method: 'get', path: schedule, who },
  summary: 'One schedule with the nodes that keep it, and the bookings that stay outside its hours.',
  answers: { 200: { description: 'The schedule.', schema: schema.ScheduleDetailSchema } },
  run: async ({ services, me, req }) => ({
    status: 200,
    body: present.presentScheduleDetail(await services.getSchedule(me, idIn(req.params.id))),
  }),
});

const addSchedule = defineOperation({
  ...{ id: 'addSchedule', method: 'post', path: '/schedules', who },
  summary: 'Adds weekly hours; no node keeps them yet.',
  body: schema.NewScheduleBody,
  answers: { 201: { description: 'The schedule.', schema: schema.ScheduleDetailSchema } },
  async run({ services, me, body, once }) {
    const { id } = await services.addSchedule(me, body, once);
    const made = present.presentScheduleDetail(await services.getSchedule(me, id));
    return { status: 201, body: made, headers: { location: `/api/v1/schedules/${id}` } };
  },
});

const editSchedule = defineOperation({
  ...{ id: 'editSchedule', method: 'patch', path: schedule, who },
  summary: 'Changes a schedule; what is absent stays. Its nodes follow one after the other.',
  body: schema.ScheduleChangesBody,
  answers: { 200: { description: 'The schedule.', schema: schema.ScheduleDetailSchema } },
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.editSchedule(me, id, body);
    return { status: 200, body: present.presentScheduleDetail(await services.getSchedule(me, id)) };
  },
});

const removeSchedule = defineOperation({
  ...{ id: 'removeSchedule', method: 'delete', path: schedule, who },
  summary: 'Removes a schedule: its nodes are open always.',
  answers: { 204: { description: 'It is gone.' } },
  async run({ services, me, req }) {
    await services.removeSchedule(me, idIn(req.params.id));
    return { status: 204 };
  },
});

const assignSchedule = defineOperation({
  ...{ id: 'assignSchedule', method: 'put', path: `${schedule}/nodes`, who },
  summary: 'These nodes keep it from now on, besides those that do.',
  body: schema.AssignBody,
  answers: { 200: { description: 'How many changed.', schema: schema.AssignedSchema } },
  run: async ({ services, me, req, body }) => ({
    status: 200,
    body: await services.assignSchedule(me, idIn(req.params.id), body.nodes),
  }),
});

const unassignSchedule = defineOperation({
  ...{ id: 'unassignSchedule', method: 'put', path: '/schedules/none/nodes', who },
  summary: 'These nodes keep no schedule from now on: they are open always.',
  body: schema.AssignBody,
  answers: { 200: { description: 'How many changed.', schema: schema.AssignedSchema } },
  run: async ({ services, me, body }) => ({
    status: 200,
    body: await services.assignSchedule(me, null, body.nodes),
  }),
});

const listMaintenance = defineOperation({
  ...{ id: 'listMaintenance', method: 'get', path: '/maintenance', who },
  summary: 'Maintenance windows: open ones first, then the newest that are over.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.MaintenanceSchema) } },
  run: async ({ services, me, query }) => {
    const { items, next } = pageOfAll(await services.listMaintenance(me), query);
    return { status: 200, body: { items: items.map(present.presentMaintenance), next } };
  },
});

const getMaintenance = defineOperation({
  ...{ id: 'getMaintenance', method: 'get', path: window, who },
  summary: 'One window with its nodes and the bookings that stay within it.',
  answers: { 200: { description: 'The window.', schema: schema.MaintenanceDetailSchema } },
  run: async ({ services, me, req }) => ({
    status: 200,
    body: present.presentMaintenanceDetail(await services.getMaintenance(me, idIn(req.params.id))),
  }),
});

const previewMaintenance = defineOperation({
  ...{ id: 'previewMaintenance', method: 'post', path: '/maintenance/preview', who, eachTime: true },
  summary: 'What such a window would do to each booking, as things stand.',
  body: schema.NewMaintenanceBody,
  answers: { 200: { description: 'What it would do.', schema: schema.MaintenancePreviewSchema } },
  run: async ({ services, me, body }) => ({
    status: 200,
    body: present.presentPreview(await services.previewMaintenance(me, body)),
  }),
});

const addMaintenance = defineOperation({
  ...{ id: 'addMaintenance', method: 'post', path: '/maintenance', who },
  summary: 'Plans a window: nobody books these nodes in it, bookings within it are moved, told or ended.',
  body: schema.NewMaintenanceBody,
  answers: { 201: { description: 'The window.', schema: schema.MaintenanceDetailSchema } },
  async run({ services, me, body, once }) {
    const { id } = await services.addMaintenance(me, body, once);
    const made = present.presentMaintenanceDetail(await services.getMaintenance(me, id));
    return { status: 201, body: made, headers: { location: `/api/v1/maintenance/${id}` } };
  },
});

const editMaintenance = defineOperation({
  ...{ id: 'editMaintenance', method: 'patch', path: window, who },
  summary: 'Moves, shortens or lengthens a window (409 `maintenance.over` when it has ended).',
  body: schema.MaintenanceChangesBody,
  answers: { 200: { description: 'The window.', schema: schema.MaintenanceDetailSchema } },
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.editMaintenance(me, id, body);
    return { status: 200, body: present.presentMaintenanceDetail(await services.getMaintenance(me, id)) };
  },
});

const endMaintenance = defineOperation({
  ...{ id: 'endMaintenance', method: 'delete', path: window, who },
  summary: 'Ends a window early; one that has not begun is cancelled.',
  answers: { 204: { description: 'Its nodes come back.' } },
  async run({ services, me, req }) {
    await services.endMaintenance(me, idIn(req.params.id));
    return { status: 204 };
  },
});

export const closingOperations: readonly Operation[] = [
  ...[
    listSchedules,
    addSchedule,
    unassignSchedule,
    getSchedule,
    editSchedule,
    removeSchedule,
    assignSchedule,
  ],
  ...[listMaintenance, addMaintenance, previewMaintenance, getMaintenance, editMaintenance, endMaintenance],
];
