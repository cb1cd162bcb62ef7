import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { readCookie, setCookie } from '../cookies.ts';
import { isApi } from '../route.ts';
import { setVisit, type Visit } from '../visit.ts';
import type { Web } from '../web.ts';

type Found = Omit<Visit, 'id' | 'attention'>;

/** Finds out who asks: a bearer token in the API, else the session's cookie. Pages give visitors a secret for their forms. */
export function findVisit(web: Web): RequestHandler {
  return async (req, res, next) => {
    const id = res.locals.requestId as string;
    const visit = { id, me: null, by: null, secret: '', attention: 0 };
    setVisit(res, visit);
    setVisit(res, { ...visit, ...(await whoAsks(web, req, res)) });
    next();
  };
}

async function whoAsks(web: Web, req: Request, res: Response): Promise<Found> {
  const { authorization } = req.headers;
  if ((isApi(req.path) || req.path === '/metrics') && authorization !== undefined)
    return byToken(web, authorization);
  const session = readCookie(req, 'session', web.config.secureCookies);
  const me = session === null ? null : await web.services.whoHasSession(session);
  if (session !== null && me !== null) return { me, by: 'session', secret: session };
  return { me: null, by: null, secret: isApi(req.path) ? '' : visitorSecret(web, req, res) };
}

async function byToken(web: Web, authorization: string): Promise<Found> {
  const token = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(authorization)?.[1];
  const me = token === undefined ? null : await web.services.whoHasToken(token);
  return { me, by: me === null ? null : 'token', secret: '' };
}

function visitorSecret(web: Web, req: Request, res: Response): string {
  const kept = readCookie(req, 'visitor', web.config.secureCookies);
  if (kept !== null) return kept;
  const secret = randomBytes(24).toString('base64url');
  setCookie(res, 'visitor', secret, web.config.secureCookies);
  return secret;
}
