import { z } from 'zod';
import { isZone } from '../../../domain/wall-clock.ts';

export const SignInForm = z.object({
  name: z
    .string('Your name is missing.')
    .trim()
    .min(1, 'Your name is missing.')
    .max(200, 'At most 200 characters.'),
  password: z
    .string('Your password is missing.')
    .min(1, 'Your password is missing.')
    .max(500, 'At most 500 characters.'),
  /** The browser's own, filled in by a script; kept for people who chose none. */
  timeZone: z.string().max(60).refine(isZone).optional().catch(undefined),
});

export const PasswordForm = z
  .object({
    password: z
      .string('The new password is missing.')
      .min(10, 'At least 10 characters.')
      .max(500, 'At most 500 characters.'),
    again: z.string('Please type it twice.'),
  })
  .refine((form) => form.again === form.password, {
    path: ['again'],
    error: 'This is not the same as above.',
  });

/** Where to go after signing in: an address of this site, else Home. */
export function nextIn(typed: unknown): string {
  if (typeof typed !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(typed) || typed.includes('\\'))
    return '/';
  return typed.startsWith('/sign-in') ? '/' : typed.slice(0, 500);
}
