import { z } from 'zod';
import { momentOf } from '../../../domain/wall-clock.ts';
import { bookedMinutesField } from '../../fields.ts';

const notATime = 'must be a date and a time.';

/** The form in the zone of the person who typed it. An alternative's button sends `startAt`, in milliseconds. */
export function reserveForm(zone: string) {
  const local = z
    .string(notATime)
    .transform((typed) => momentOf(typed, zone))
    .refine((at) => !Number.isNaN(at), notATime);
  return z
    .object({
      image: z
        .string('Please choose an environment.')
        .min(1, 'Please choose an environment.')
        .max(200, 'At most 200 characters.'),
      minutes: bookedMinutesField,
      when: z.enum(['now', 'at']).default('now'),
      start: z.string().optional(),
      startAt: z
        .string()
        .regex(/^\d{1,15}$/, notATime)
        .optional(),
      imaging: z.literal('1').optional().catch(undefined),
      open: z.literal('terminal').optional().catch(undefined),
      once: z.string().max(100).optional(),
    })
    .transform((form, context) => {
      if (form.startAt !== undefined) return { ...form, start: Number(form.startAt) };
      if (form.when === 'now') return { ...form, start: undefined };
      const start = local.safeParse(form.start);
      if (start.success) return { ...form, start: start.data };
      context.addIssue({ code: 'custom', path: ['start'], message: notATime });
      return z.NEVER;
    });
}

/** What was typed, as it was typed: for showing the form again and for the verdict beside it. */
export interface Typed {
  readonly image: string;
  readonly minutes: string;
  readonly when: 'now' | 'at';
  readonly start: string;
  /** To make an image of it. */
  readonly imaging: boolean;
}

export function typedIn(source: unknown, defaults: Typed): Typed {
  const from = (source ?? {}) as Record<string, unknown>;
  const text = (name: 'image' | 'minutes' | 'when' | 'start') => {
    const value = from[name];
    return typeof value === 'string' ? value.slice(0, 200) : defaults[name];
  };
  return {
    image: text('image'),
    minutes: text('minutes'),
    when: text('when') === 'at' ? 'at' : 'now',
    start: text('start'),
    imaging: from.imaging === '1',
  };
}
