import { LabError } from '../../src/domain/errors.ts';
import type { ClosingServices } from '../../src/services/closing-services.ts';
import type { MaintenanceDetailView, ScheduleDetailView } from '../../src/services/views.ts';

const staying = {
  ...{
    class: null,
    reservationId: 7,
    nodeId: 3,
    node: 'sim3',
    title: 'Debian 12',
    user: 'ann',
    displayName: 'Ann Lee',
  },
  ...{ email: 'ann@example.org', start: Date.UTC(2026, 10, 28, 22), end: Date.UTC(2026, 10, 28, 23) },
};

const sampleSchedule: ScheduleDetailView = {
  ...{ id: 1, name: 'Lab hours', timeZone: 'Europe/Berlin', version: 2, nodes: 2, waiting: 1 },
  hours: [
    { day: 'monday', from: '08:00', until: '20:00' },
    { day: 'tuesday', from: '08:00', until: '20:00' },
    { day: 'saturday', from: '22:00', until: '02:00' },
  ],
  keptBy: [
    { id: 3, name: 'sim3', waiting: false },
    { id: 4, name: 'sim4', waiting: true },
  ],
  stays: [staying],
};

const sampleMaintenance: MaintenanceDetailView = {
  ...{ id: 1, reason: 'New switches in rack A', timeZone: 'Europe/Berlin', bookings: 'tell', version: 1 },
  ...{ from: Date.UTC(2026, 10, 28, 21), until: Date.UTC(2026, 10, 29, 5), phase: 'planned', endedAt: null },
  ...{ nodes: { kind: 'rack', named: ['A'] }, count: 1, waiting: 0, by: 'Ada', stays: [staying] },
  affected: [{ id: 3, name: 'sim3', state: 'available', part: 'planned' }],
};

/** One schedule and one window, as pages and API are given them. */
export function fakeClosings(): ClosingServices {
  const one = <T>(id: number, it: T): T => {
    if (id !== 1) throw new LabError('not-found');
    return it;
  };
  return {
    listSchedules: async () => [sampleSchedule],
    getSchedule: async (_me, id) => one(id, sampleSchedule),
    addSchedule: async (_me, { name }) => {
      if (name === sampleSchedule.name)
        throw new LabError('name.taken', { fields: { name: 'That name is taken.' } });
      return { id: 1 };
    },
    editSchedule: async (_me, id) => one(id, undefined),
    removeSchedule: async (_me, id) => one(id, undefined),
    assignSchedule: async () => ({ changed: 1 }),
    listMaintenance: async () => [sampleMaintenance],
    getMaintenance: async (_me, id) => one(id, sampleMaintenance),
    previewMaintenance: async (_me, { from, until }) => ({
      ...{ from, until, count: 1, moved: 1, told: 0, ended: 0, more: false },
      nodes: [
        {
          ...{ id: 3, name: 'sim3' },
          bookings: [{ ...staying, running: false, fate: 'moved' }],
        },
      ],
    }),
    addMaintenance: async () => ({ id: 1 }),
    editMaintenance: async (_me, id) => one(id, undefined),
    endMaintenance: async (_me, id) => one(id, undefined),
  };
}
