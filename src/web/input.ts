/** Parse at the door: what was typed becomes a value, or an error that names each wrong field. */
import { z } from 'zod';
import { type FieldErrors, LabError } from '../domain/errors.ts';

/** Control characters but tab and line ends, and the invisible ones that turn text around. */
const control = /(?![\t\r\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

/** Throws `input.invalid` that names every wrong field: for forms, queries and JSON bodies alike. */
export function parse<Schema extends z.ZodType>(schema: Schema, typed: unknown): z.output<Schema> {
  const unreadable = controlCharacters(typed ?? {});
  const parsed = schema.safeParse(typed ?? {});
  if (parsed.success && Object.keys(unreadable).length === 0) return parsed.data;
  throw invalidFields({ ...(parsed.error ? fieldErrors(parsed.error) : {}), ...unreadable });
}

function invalidFields(fields: FieldErrors): LabError {
  const sentences = Object.entries(fields).map(([field, sentence]) => `${field}: ${sentence}`);
  return new LabError('input.invalid', { fields, detail: sentences.join(' ') });
}

function fieldErrors(error: z.ZodError): FieldErrors {
  const fields = new Map<string, string>(); // a name may be __proto__
  for (const issue of error.issues) {
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.') || 'body'];
    const sentence = issue.code === 'unrecognized_keys' ? 'is not known here.' : issue.message;
    for (const name of names) if (!fields.has(name) && !control.test(name)) fields.set(name, sentence);
  }
  return Object.fromEntries(fields);
}

function controlCharacters(value: unknown, path = ''): FieldErrors {
  if (typeof value === 'string') {
    return control.test(value) ? { [path]: 'must not contain control characters.' } : {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const found = Object.entries(value).map(([key, inner]) => {
    if (control.test(key)) return { body: 'must not have names with control characters.' };
    return controlCharacters(inner, path === '' ? key : `${path}.${key}`);
  });
  return Object.assign({}, ...found);
}

/** A line of text. `what` is how the sentence calls it. */
export function line(most: number, what: string): z.ZodString {
  return z
    .string(`${what} is missing.`)
    .trim()
    .min(1, `${what} is missing.`)
    .max(most, `At most ${most} characters.`);
}

/** The id in an address: anything else than a number is simply not there. Throws `not-found`. */
export function idIn(text: unknown): number {
  if (typeof text !== 'string' || !/^[1-9]\d{0,14}$/.test(text)) throw new LabError('not-found');
  return Number(text);
}

/** A name in an address. Throws `not-found` for what cannot be a name. */
export function nameIn(text: unknown): string {
  if (typeof text !== 'string' || text.length > 200 || control.test(text)) throw new LabError('not-found');
  return text;
}
