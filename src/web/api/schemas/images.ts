/** Images as those who make them see them: capture, properties, publication, revisions. */
import { z } from 'zod';
import { visibilities } from '../../../domain/may.ts';
import { fitsImageNumber, fitsImageText, idleRulesShown, idleRulesTold } from '../../fields.ts';
import { bodyOf, id, PageQuery, time } from './common.ts';

const text = z.string('must be text.');
const whole = z.int('must be a whole number.');

export const CaptureBody = bodyOf({
  name: text
    .max(200, 'At most 60 characters.')
    .optional()
    .describe('Of a new image, in addresses and commands; made from the title when absent.'),
  title: text.max(1000, 'At most 120 characters.').optional().describe('Of a new image: what people read.'),
  revisionOf: text
    .max(200, 'must be the name of an image.')
    .optional()
    .describe('Instead of a new image: the image that gets another revision.'),
  comment: text.optional().describe('What has changed.'),
  goOn: z.boolean('must be true or false.').optional().describe('Capture, then go on with the machine.'),
});

export const CaptureSchema = z.object({
  reservation: id,
  task: id,
  image: z.string(),
  imageTitle: z.string(),
  revision: z.int(),
});

const visibility = z.enum(visibilities, `must be one of ${visibilities.join(', ')}.`);
const version = whole
  .optional()
  .describe('The version that was read; refused (409) when it is another by now.');

const words = (name: Parameters<typeof fitsImageText>[0]) => text.superRefine(fitsImageText(name));
const amount = (name: Parameters<typeof fitsImageNumber>[0]) => whole.superRefine(fitsImageNumber(name));

export const ImageChangesBody = bodyOf({
  title: words('title').optional(),
  icon: text.max(20, 'must be the name of an icon.').optional(),
  description: words('description').optional(),
  notes: words('notes').optional().describe('Shown before Connect.'),
  cpus: amount('cpus').optional().describe('At least so many.'),
  memoryMb: amount('memoryMb').optional().describe('At least so much.'),
  diskMb: amount('diskMb').optional().describe('At least so much.'),
  maxMinutes: amount('maxMinutes')
    .nullable()
    .optional()
    .describe('Longest reservation; null: no limit of its own.'),
  maxAtOnce: amount('maxAtOnce').nullable().optional().describe('How many at once; null: no limit.'),
  ...idleRulesTold,
  checkConnected: z
    .boolean('must be true or false.')
    .optional()
    .describe('Taken back when nobody is connected for long.'),
  members: z
    .array(
      z.strictObject({
        role: text
          .max(40, 'At most 20 characters.')
          .describe('What it is called inside: `db`; of several `db1`, `db2`.'),
        image: text.max(200, 'must be the name of an image.'),
        machines: whole.default(1).describe('How many of them.'),
      }),
      'must be a list.',
    )
    .max(15, 'At most 15.')
    .optional()
    .describe('All machines that come with it; an empty list: none.'),
  version,
});

export const PublicationBody = bodyOf({
  visibility: visibility.describe('owner: only its owner; groups: the groups named; everyone.'),
  groups: z.array(text, 'must be a list of group names.').max(1000, 'At most 1000 groups.').optional(),
  version,
});

export const PropertiesSchema = z.object({
  name: z.string(),
  title: z.string(),
  icon: z.string(),
  description: z.string(),
  notes: z.string(),
  osModule: z.string(),
  cpus: z.int(),
  memoryMb: z.int(),
  diskMb: z.int(),
  maxMinutes: z.int().nullable(),
  maxAtOnce: z.int().nullable(),
  checkConnected: z.boolean(),
  ...idleRulesShown,
  owner: z.string().nullable(),
  visibility: z.enum(visibilities),
  groups: z.array(z.string()),
  production: z.int().nullable().describe('The number of the production revision.'),
  previous: z.int().nullable().describe('What was production before and can be again.'),
  members: z
    .array(z.object({ role: z.string(), image: z.string(), title: z.string(), machines: z.int() }))
    .describe('Machines that come with it.'),
  version: z.int(),
});

const named = z.array(z.string());

export const LibrarySchema = z.object({
  name: z.string(),
  title: z.string(),
  owner: z.string().nullable().describe('null: the installation.'),
  visibility: z.enum(visibilities),
  production: z.int().nullable(),
  revisions: z.int(),
  bytes: z.number().describe('On disk, all revisions together.'),
  basedOn: named.describe('Images that it was made from.'),
  baseOf: named.describe('Images that were made from it.'),
  reservations: z.int().describe('Live ones.'),
  nodes: z.int().describe('Machines that hold it.'),
  lastLoad: time.nullable(),
  loadTimes: z
    .object({ usualMs: z.int(), nearlyAlwaysMs: z.int() })
    .nullable()
    .describe('Of the last fifty loads.'),
  goneAt: time.nullable().describe('It was deleted; until then it can be restored.'),
});

export const LibraryQuery = PageQuery.extend({
  search: z
    .string()
    .trim()
    .max(100, 'At most 100 characters.')
    .optional()
    .describe('In name, title, description and owner.'),
});

export const CommentBody = bodyOf({ comment: text });

export const RevisionSchema = z.object({
  id,
  number: z.int(),
  format: z.enum(['qcow2', 'raw', 'simulated']),
  comment: z.string(),
  base: z.string().nullable().describe('What it was made from.'),
  madeBy: z.string().nullable(),
  createdAt: time,
  sizeBytes: z.number(),
  virtualBytes: z.number(),
  sha256: z.string().nullable(),
  nodes: z.int().describe('Machines that hold it.'),
  state: z.enum(['capturing', 'not-captured', 'ready', 'production', 'rolling-out', 'suspended', 'deleted']),
  provenAt: time.nullable().describe('When it was loaded for the first time.'),
  suspendedBecause: z.string().nullable(),
  goneAt: time.nullable().describe('When the file of a deleted one is removed.'),
  progress: z.string().nullable(),
});

export const TaskSchema = z.object({ task: id });
