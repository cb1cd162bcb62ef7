import type { Request, Response } from 'express';
import { readCookie } from '../../cookies.ts';
import { keepForm } from '../../kept-form.ts';
import { isFromElsewhere } from '../../middleware/check-form.ts';
import { formBody } from '../../middleware/read-body.ts';
import { sendPage } from '../../render.ts';
import type { Web } from '../../web.ts';
import { nextIn } from './forms.ts';
import type { SignInPage } from './pages.ts';

export function showSignIn(web: Web, res: Response, page: Partial<SignInPage>): void {
  const model = { name: '', next: '/', kept: '', refusal: null, notice: null, ...page };
  sendPage(web, res, 'session/sign-in', { title: 'Sign in', shape: 'plain' }, model);
}

/** A form was sent, and the session has ended: sign-in comes first, and what was typed waits in it. */
export function askToSignIn(web: Web, req: Request, res: Response): void {
  formBody({})(req, res, (error?: unknown) => {
    const ended = readCookie(req, 'session', web.config.secureCookies);
    if (error || ended === null || isFromElsewhere(req, web.config.publicUrl))
      return res.redirect(303, '/sign-in');
    const kept = keepForm(req, ended) ?? '';
    const notice = `You were signed out. Nothing was done${kept === '' ? '' : ', and what you typed is kept'}.`;
    res.status(401);
    showSignIn(web, res, { next: cameFrom(req), kept, notice });
  });
}

/** The page the form stood on. */
function cameFrom(req: Request): string {
  const referer = req.get('referer') ?? '';
  if (!URL.canParse(referer)) return '/';
  const { host, pathname, search } = new URL(referer);
  return host === req.get('host') ? nextIn(`${pathname}${search}`) : '/';
}
