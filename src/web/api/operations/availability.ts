import { invalid } from '../../../domain/errors.ts';
import { ceilQuarter, hour, minute } from '../../../domain/time.ts';
import { makeClock } from '../../clock.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentTimes, presentVerdict } from '../present.ts';
import * as schema from '../schemas/reservations.ts';

const availability = defineOperation({
  ...{ id: 'getAvailability', method: 'get', path: '/availability', who: 'reservation.create' },
  summary: 'Can it be had then? If not: why not, and what would work instead. Nothing is taken.',
  query: schema.AvailabilityQuery,
  answers: { 200: { description: 'The verdict.', schema: schema.AvailabilitySchema } },
  async run({ services, me, query }) {
    const { end, start, minutes = minutesUntil(start, end), ...wish } = query;
    return { status: 200, body: presentVerdict(await services.verdict(me, { ...wish, start, minutes })) };
  },
});

/** Throws `input.invalid` naming the end when it is not later. */
function minutesUntil(start: number = makeClock(null).now, end: number = start): number {
  if (end <= start) throw invalid('end', 'The end must be later than the start.');
  return Math.round((end - start) / minute);
}

const times = defineOperation({
  ...{ id: 'listTimes', method: 'get', path: '/availability/times', who: 'reservation.create' },
  summary: 'When it can be had: the earliest times, and hour by hour how many machines are free.',
  query: schema.TimesQuery,
  answers: { 200: { description: 'The times.', schema: schema.TimesSchema } },
  async run({ services, me, query }) {
    const { from = makeClock(null).now, days, ...wish } = query;
    const first = ceilQuarter(from);
    const starts = Array.from({ length: days * 24 }, (_, hours) => first + hours * hour);
    return { status: 200, body: presentTimes(await services.findTimes(me, { ...wish, starts })) };
  },
});

/** When something can be had. */
export const availabilityOperations: readonly Operation[] = [availability, times];
