/** Weekly hours and maintenance windows as the API writes them. */
import type { z } from 'zod';
import type * as view from '../../services/views.ts';
import type * as schema from './schemas/closings.ts';

type Json<Schema extends z.ZodType> = z.output<Schema>;

const iso = (at: number) => new Date(at).toISOString();
const times = ({ start, end }: { readonly start: number; readonly end: number }) => ({
  start: iso(start),
  end: iso(end),
});

export function presentSchedule(one: view.ScheduleView): Json<typeof schema.ScheduleSchema> {
  const { id, name, timeZone, hours, version, nodes, waiting } = one;
  return { id, name, timeZone, hours: [...hours], version, nodes, waiting };
}

export function presentScheduleDetail(
  one: view.ScheduleDetailView,
): Json<typeof schema.ScheduleDetailSchema> {
  return { ...presentSchedule(one), keptBy: [...one.keptBy], stays: one.stays.map(presentStaying) };
}

function presentStaying(one: view.StayingBookingView) {
  return { ...one, ...times(one) };
}

export function presentMaintenance(one: view.MaintenanceView): Json<typeof schema.MaintenanceSchema> {
  const { id, reason, timeZone, from, until, nodes, bookings, phase, endedAt, version, count, waiting } = one;
  return {
    ...{ id, reason, timeZone, from: iso(from), until: iso(until), bookings, phase, version, count, waiting },
    nodes: { kind: nodes.kind, named: [...nodes.named] },
    endedAt: endedAt === null ? null : iso(endedAt),
  };
}

export function presentMaintenanceDetail(
  one: view.MaintenanceDetailView,
): Json<typeof schema.MaintenanceDetailSchema> {
  const { by, affected, stays } = one;
  return { ...presentMaintenance(one), by, affected: [...affected], stays: stays.map(presentStaying) };
}

export function presentPreview(one: view.MaintenancePreview): Json<typeof schema.MaintenancePreviewSchema> {
  const { count, moved, told, ended, more } = one;
  return {
    ...{ from: iso(one.from), until: iso(one.until), count, moved, told, ended, more },
    nodes: one.nodes.map(({ id, name, bookings }) => ({
      ...{ id, name },
      bookings: bookings.map(({ title, user, start, end, running, fate }) => ({
        ...{ title, user, ...times({ start, end }), running, fate },
      })),
    })),
  };
}
