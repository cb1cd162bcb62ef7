/** Announcements, what needs attention, and how the site is. */
import { z } from 'zod';
import { bodyOf, id, time, timeIn } from './common.ts';

export const AnnounceBody = bodyOf({
  text: z.string('must be text.').trim().min(1, 'must not be empty.').max(500, 'At most 500 characters.'),
  until: timeIn.nullish(),
});

export const AttentionSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      text: z.string(),
      since: time,
      hits: z.string().nullable(),
      action: z.string().nullable(),
    }),
  ),
  lookedAt: time,
});

export const AnnouncementSchema = z.object({ id, text: z.string(), until: time.nullable() });

export const HealthSchema = z.object({
  ready: z.boolean(),
  progress: z.number().describe('0 to 1.'),
  waitingFor: z.array(z.string()),
  version: z.string(),
});
