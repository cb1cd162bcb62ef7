import { z } from 'zod';
import { visibilities } from '../../../domain/may.ts';
import { fitsImageNumber, fitsImageText, idleRulesTyped } from '../../fields.ts';

const text = z.string('is missing.').max(10_000, 'Much too long.');
const expected = 'A whole number.';
const whole = z
  .string(expected)
  .trim()
  .regex(/^\d{1,9}$/, expected)
  .transform(Number);
const wholeOrNone = z
  .string(expected)
  .trim()
  .regex(/^\d{0,9}$/, 'A whole number, or nothing.')
  .transform((typed) => (typed === '' ? null : Number(typed)));
const version = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** Line ends as every system but browsers' forms writes them. */
const lines = text.transform((typed) => typed.replaceAll('\r\n', '\n').trim());

export const PropertiesForm = z.object({
  title: text.superRefine(fitsImageText('title')),
  icon: text.max(20, 'Please choose one.'),
  description: lines.superRefine(fitsImageText('description')),
  notes: lines.superRefine(fitsImageText('notes')),
  cpus: whole.superRefine(fitsImageNumber('cpus')),
  memoryMb: whole.superRefine(fitsImageNumber('memoryMb')),
  diskMb: whole.superRefine(fitsImageNumber('diskMb')),
  maxMinutes: wholeOrNone.superRefine(fitsImageNumber('maxMinutes')),
  maxAtOnce: wholeOrNone.superRefine(fitsImageNumber('maxAtOnce')),
  ...idleRulesTyped,
  checkConnected: z
    .literal('1')
    .optional()
    .transform((checked) => checked === '1'),
  version,
});

export const PublicationForm = z.object({
  visibility: z.enum(visibilities, 'Please choose who sees it.'),
  groups: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((names) => (names === undefined ? [] : [names].flat())),
  version,
});

export const CommentForm = z.object({ comment: text });

const several = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((typed) => (typed === undefined ? [] : [typed].flat().map((one) => one.trim())));

/** Rows of three fields each; a row without a role is none. */
export const MembersForm = z
  .object({ role: several, image: several, machines: several, version })
  .transform(({ role, image, machines, version: shown }) => ({
    version: shown,
    members: role
      .map((one, at) => ({ role: one, image: image[at] ?? '', machines: Number(machines[at] || 1) }))
      .filter((one) => one.role !== '' || one.image !== ''),
  }));
