import { z } from 'zod';
import { roles } from '../../../domain/may.ts';
import { version } from '../people/forms.ts';

const expected = 'A whole number, or nothing: no limit.';
const limit = z
  .string(expected)
  .trim()
  .regex(/^\d{0,9}$/, expected)
  .transform((typed) => (typed === '' ? null : Number(typed)));

const fields = {
  name: z.string('The name is missing.').max(10_000, 'Much too long.'),
  role: z.enum(roles, 'Please choose what its people are.'),
  ...{ initialMinutes: limit, totalMinutes: limit, extendMinutes: limit },
  ...{ overlap: limit, daysAhead: limit, upcoming: limit, servers: limit },
};

export const NewGroupForm = z
  .object(fields)
  .transform(({ name, role, ...limits }) => ({ name, role, limits }));
export const GroupForm = z
  .object({ ...fields, version })
  .transform(({ name, role, version: shown, ...limits }) => ({ name, role, version: shown, limits }));
