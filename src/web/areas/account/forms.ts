import { z } from 'zod';
import { isZone } from '../../../domain/wall-clock.ts';
import { line } from '../../input.ts';
import { PasswordForm } from '../session/forms.ts';

export const KeyForm = z.object({
  label: line(100, 'A name for the key'),
  publicKey: line(8_000, 'The public key'),
});

export const TokenForm = z.object({ label: line(100, 'A name for the token') });

export const EmailForm = z.object({
  email: z.string('Your e-mail address is missing.').max(254, 'At most 254 characters.'),
});

export const ZoneForm = z.object({
  timeZone: z.string('Please choose a time zone.').refine(isZone, 'There is no such time zone.'),
});

const Old = z.object({
  old: z.string('Your password is missing.').min(1, 'Your password is missing.').max(500),
});

export const ChangePasswordForm = z.intersection(Old, PasswordForm);
