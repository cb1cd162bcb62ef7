import { z } from 'zod';
import { isDate, momentsOf } from '../../../domain/wall-clock.ts';
import { bookedMinutesField } from '../../fields.ts';

const expected = 'must be a whole number of machines, at most 1000.';

export const FindForm = z.object({
  image: z.string().max(200),
  minutes: bookedMinutesField,
  count: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, expected)
    .transform(Number),
  from: z.string().refine(isDate, 'must be a date.'),
  at: z
    .string()
    .refine((typed) => typed === '' || momentsOf(typed, 'UTC').length > 0, 'must be a date and a time.'),
});

/** What was typed, as it was typed. */
export interface Typed {
  readonly image: string;
  readonly minutes: string;
  readonly count: string;
  /** A date in the person's zone. */
  readonly from: string;
  /** A time in it, or empty: the very one that is asked about. */
  readonly at: string;
}

export function typedIn(source: unknown, defaults: Typed): Typed {
  const given = (source ?? {}) as Record<string, unknown>;
  const text = (name: keyof Typed) => {
    const value = given[name];
    return typeof value === 'string' && value !== '' ? value.slice(0, 200) : defaults[name];
  };
  return {
    image: text('image'),
    minutes: text('minutes'),
    count: text('count'),
    from: text('from'),
    at: text('at'),
  };
}
