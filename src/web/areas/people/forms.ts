import { z } from 'zod';

/** The services know the rules, and name the field. */
const typed = z.string('is missing.').max(10_000, 'Much too long.').default('');
export const version = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
/** Boxes that were ticked. */
export const chosen = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((names) => (names === undefined ? [] : [names].flat()));
const ticked = z
  .literal('1')
  .optional()
  .transform((box) => box === '1');

export const PersonForm = z.object({ displayName: typed, email: typed, groups: chosen, version });

export const NewPersonForm = z.object({
  ...{ name: typed, displayName: typed, email: typed, groups: chosen },
  evenIfAlike: ticked,
});

export const TableForm = z.object({
  csv: z.string('is missing.').default(''),
  groups: chosen,
  confirm: ticked,
});

export const PasswordForm = z.object({ revokeTokens: ticked });

export const DisableForm = z.object({
  reservations: z.enum(['leave', 'end'], 'Please choose what becomes of their reservations.'),
  reason: z.string().trim().max(300, 'At most 300 characters.').default(''),
});
