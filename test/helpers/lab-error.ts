import { type ErrorCode, LabError } from '../../src/domain/errors.ts';

/** For `assert.rejects`: it is a LabError with this code and, where one is named, a sentence for the field. */
export function isLabError(code: ErrorCode, field?: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof LabError && error.code === code && (field === undefined || field in error.fields);
}
