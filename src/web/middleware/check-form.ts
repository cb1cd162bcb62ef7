import type { Request, RequestHandler } from 'express';
import { LabError } from '../../domain/errors.ts';
import { showStale } from '../areas/errors/show.ts';
import { isFormToken } from '../form-token.ts';
import type { Route } from '../route.ts';
import { visitOf } from '../visit.ts';
import type { Web } from '../web.ts';

/**
 * Lets a change in only from our own pages: the browser says where it comes from, and the form carries its token.
 * A form of our own whose token is old is shown again with what was typed; from elsewhere it is refused.
 */
export function checkForm(web: Web, route: Route): RequestHandler {
  return async (req, res, next) => {
    refuseOtherSites(req, web.config.publicUrl);
    const { secret } = visitOf(res);
    const shown = (req.body as { csrf?: unknown } | undefined)?.csrf ?? req.get('x-csrf-token');
    if (isFormToken(secret, shown)) return next();
    if (wantsJson(req)) throw new LabError('form.stale');
    res.status(403);
    await (route.whenStale ?? showStale)(web, req, res, next);
  };
}

/** For API calls that change something with a session's cookie; with a token there is nothing to forge. */
export function checkApiForm(web: Web): RequestHandler {
  return (req, res, next) => {
    const { by, secret } = visitOf(res);
    if (by === 'token' || by === null) return next();
    refuseOtherSites(req, web.config.publicUrl);
    if (!isFormToken(secret, req.get('x-csrf-token'))) {
      throw new LabError('form.stale', {
        detail: 'A change with the cookie of a session needs the header X-CSRF-Token; programs use a token.',
      });
    }
    next();
  };
}

/** True for our own scripts, which ask for JSON instead of a page. */
export function wantsJson(req: Request): boolean {
  return req.get('accept')?.startsWith('application/json') === true;
}

function refuseOtherSites(req: Request, publicUrl: string | null): void {
  if (isFromElsewhere(req, publicUrl))
    throw new LabError('not-allowed', { detail: 'This was sent from another site. Nothing was done.' });
}

/** True for what another site's page sent. */
export function isFromElsewhere(req: Request, publicUrl: string | null): boolean {
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  if (site === 'cross-site' || site === 'same-site') return true;
  return origin !== undefined && !isOurs(origin, req, publicUrl);
}

function isOurs(origin: string, req: Request, publicUrl: string | null): boolean {
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === req.get('host');
}
