import { z } from 'zod';
import { minutesField } from '../../fields.ts';

/** By how long its end is moved, either way. */
export const EndMoveForm = z.object({ minutes: minutesField });

export const TicketForm = z.object({
  purpose: z.enum(['terminal', 'console', 'files'], 'Not a purpose of tickets.'),
  machine: z.string().max(40).optional(),
});

export const EndForm = z.object({
  reason: z.string('must be text.').trim().max(300, 'At most 300 characters.').default(''),
});
