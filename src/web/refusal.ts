/** What a page shows of a refusal: its sentence, the fields it names, what could be done instead. */
import type { Response } from 'express';
import { type Alternative, type ErrorCode, type FieldErrors, LabError } from '../domain/errors.ts';
import { statusOf } from './statuses.ts';

export interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly fields: FieldErrors;
  readonly alternatives: readonly Alternative[];
}

/** Codes that end the request instead of being shown beside a form. */
const notForForms: ReadonlySet<ErrorCode> = new Set([
  'sign-in.required',
  'not-found',
  'not-allowed',
  'defect',
]);

/** The refusal that a form shows; sets the answer's status. What is no refusal of the form's content is thrown on. */
export function refusalOf(error: unknown, res: Response): Refusal {
  if (!(error instanceof LabError) || notForForms.has(error.code)) throw error;
  const status = statusOf(error.code);
  if (status >= 500) throw error;
  res.status(status);
  const named = Object.keys(error.fields).length > 0;
  const message =
    named && error.code === 'input.invalid' ? 'Please look at the marked fields.' : error.message;
  return { code: error.code, status, message, fields: error.fields, alternatives: error.alternatives };
}
