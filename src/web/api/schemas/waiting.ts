/** The waiting list. */
import { z } from 'zod';
import { bookedMinutes } from '../../fields.ts';
import { bodyOf, flag, id, PageQuery, time } from './common.ts';

export const WaitlistQuery = PageQuery.extend({
  everybody: flag.optional().describe('For administrators: not only their own places.'),
});

export const WaitBody = bodyOf({
  image: z
    .string('must be the name of an image, such as "tiny".')
    .min(1, 'must be the name of an image, such as "tiny".')
    .max(200, 'At most 200 characters.')
    .describe('Name of the image.'),
  minutes: bookedMinutes.describe('How long; from when it is ready.'),
  askFirst: z
    .boolean('must be true or false.')
    .optional()
    .describe('Offered, and held for 15 minutes, before it starts; absent: it is started at once.'),
});

export const WaitingSchema = z.object({
  id,
  image: z.string(),
  imageTitle: z.string(),
  pools: z.array(z.string()).describe('Those whose machines could be theirs; none while one is offered.'),
  user: z.string(),
  minutes: z.int(),
  askFirst: z.boolean(),
  since: time,
  place: z
    .int()
    .nullable()
    .describe(
      '1: nobody who wants such a machine came before. Null while one is offered, and behind those who are planned for.',
    ),
  estimate: time.nullable().describe('Their turn at the latest, as everything is booked now.'),
  missed: z.int().describe('Offers that were not answered.'),
  offer: z
    .object({ reservationId: id, until: time })
    .nullable()
    .describe('Accept it with POST /reservations/{id}/accept; DELETE of the place declines it.'),
});
