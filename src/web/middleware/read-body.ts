import express, { type RequestHandler } from 'express';
import { LabError } from '../../domain/errors.ts';
import type { Route } from '../route.ts';

const readersOf = (limit: string) => ({
  json: express.json({ limit, type: 'application/json' }),
  form: express.urlencoded({ limit, extended: false, parameterLimit: 200 }),
});
const usual = readersOf('64kb');
const large = readersOf('2mb');

type Takes = Pick<Route, 'large'>;

/** A JSON body, where there is one. Throws `input.not-json` for another kind of body. */
export const jsonBody =
  (route: Takes): RequestHandler =>
  (req, res, next) => {
    if (hasBody(req.headers) && !req.is('application/json')) throw new LabError('input.not-json');
    (route.large ? large : usual).json(req, res, next);
  };

/** A posted form, where there is one. */
export const formBody =
  (route: Takes): RequestHandler =>
  (req, res, next) => {
    if (hasBody(req.headers) && !req.is('application/x-www-form-urlencoded')) {
      throw new LabError('input.not-json', { detail: 'This address takes forms of this site only.' });
    }
    (route.large ? large : usual).form(req, res, next);
  };

function hasBody(headers: NodeJS.Dict<string | string[]>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** What the body readers throw, as one of our own; null when it is none of theirs. */
export function bodyError(error: unknown): LabError | null {
  const type = (error as { type?: unknown } | null)?.type;
  if (type === 'entity.too.large' || type === 'parameters.too.many') {
    return new LabError('input.too-large', {
      cause: error,
      detail: 'What was sent is too large: at most 64 KB, 2 MB for a table of nodes.',
    });
  }
  if (type === 'entity.parse.failed') {
    return wrongBody('is not valid JSON.', error);
  }
  const isReaders = typeof type === 'string' && /^(encoding|charset|request|entity)\./.test(type);
  return isReaders ? wrongBody('must be UTF-8, whole, and packed by nothing but gzip or br.', error) : null;
}

function wrongBody(sentence: string, cause: unknown): LabError {
  return new LabError('input.invalid', { cause, fields: { body: sentence }, detail: `body: ${sentence}` });
}
