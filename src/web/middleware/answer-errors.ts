import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { LabError } from '../../domain/errors.ts';
import { sendProblem } from '../api/problem.ts';
import { showError } from '../areas/errors/show.ts';
import { askToSignIn } from '../areas/session/ask.ts';
import { isApi } from '../route.ts';
import { statusOf } from '../statuses.ts';
import { visitOf } from '../visit.ts';
import type { Web } from '../web.ts';
import { wantsJson } from './check-form.ts';
import { methodsOf } from './known-addresses.ts';
import { bodyError } from './read-body.ts';

/** What no route took: there for other methods only, or not there; in the API nothing at all without signing in. */
export const nothingHere: RequestHandler = (req, res) => {
  if (isApi(req.path) && visitOf(res).me === null) throw new LabError('sign-in.required');
  const methods = methodsOf(res);
  if (methods.length === 0) throw new LabError('not-found');
  res.set('allow', methods.join(', '));
  throw new LabError('method.other');
};

/** Every error ends here: a sentence for people, a status, and the log where somebody must look. */
export function answerErrors(web: Web): ErrorRequestHandler {
  return async (thrown, req, res, next) => {
    if (res.headersSent) return next(thrown);
    const error = asLabError(thrown);
    const status = statusOf(error.code);
    const request = (res.locals.requestId as string | undefined) ?? '';
    if (status >= 500)
      web.log.error({ err: error.cause ?? error, facts: error.facts, request }, 'request failed');
    tellWhenToComeBack(res, error);
    if (isApi(req.path) || wantsJson(req)) return sendProblem(res, error, request);
    if (error.code === 'sign-in.required') {
      if (req.method === 'POST') return askToSignIn(web, req, res);
      return res.redirect(303, signInAddress(req.originalUrl));
    }
    await showError(web, res, { error, status, request });
  };
}

function asLabError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  if (thrown instanceof URIError) return new LabError('not-found', { cause: thrown });
  return bodyError(thrown) ?? new LabError('defect', { cause: thrown });
}

function tellWhenToComeBack(res: Response, error: LabError): void {
  if (error.code === 'busy') res.set('retry-after', '1');
  if (error.code === 'calendar.slow-down') res.set('retry-after', '300');
  if (error.code === 'sign-in.slow-down') res.set('retry-after', '30');
  if (error.code === 'sign-in.required') res.set('www-authenticate', 'Bearer realm="Labrador"');
}

/** Back to the page that was asked for. */
function signInAddress(address: string): string {
  if (address === '/') return '/sign-in';
  return `/sign-in?next=${encodeURIComponent(address.slice(0, 500))}`;
}
