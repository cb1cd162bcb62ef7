import assert from 'node:assert/strict';
import type { Response } from 'supertest';
import { operations } from '../../src/web/api/routes.ts';
import { ProblemSchema } from '../../src/web/api/schemas/common.ts';

/** Fails when an answer of the API is not what its document says, to the last member: `call.expect(asDocumented)`. */
export function asDocumented({ request, status, type, body }: Response): void {
  const { pathname } = new URL(request.url);
  const operation = operations.find(({ method, path }) => {
    const pattern = new RegExp(`^/api/v1${path.replace(/:\w+/g, '[^/]+')}$`);
    return method.toUpperCase() === request.method && pattern.test(pathname);
  });
  const told = operation?.answers[status];
  if (!told) {
    assert.ok(
      status >= 400,
      `${request.method} ${pathname} answered ${status}, which its document does not know`,
    );
    assert.equal(type, 'application/problem+json');
  }
  const schema = told ? told.schema : ProblemSchema;
  if (schema && told?.type === undefined) assert.deepEqual(schema.parse(body), body);
}
