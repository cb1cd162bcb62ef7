/** Errors of the API as problem details (RFC 9457). */
import type { Response } from 'express';
import { type LabError, userMessages } from '../../domain/errors.ts';
import { statusOf } from '../statuses.ts';
import { presentAlternative } from './present.ts';

export function sendProblem(res: Response, error: LabError, request: string): void {
  const status = statusOf(error.code);
  const body = {
    type: `urn:labrador:error:${error.code}`,
    title: userMessages[error.code],
    status,
    detail: error.message,
    code: error.code,
    request,
    ...(Object.keys(error.fields).length > 0 ? { fields: error.fields } : {}),
    ...(status === 409 ? { alternatives: error.alternatives.map(presentAlternative) } : {}),
  };
  res
    .status(status)
    .set('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body));
}
