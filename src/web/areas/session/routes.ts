import type { NextFunction, Request, Response } from 'express';
import type { SignedIn } from '../../../services/views.ts';
import { dropCookie, readCookie, setCookie } from '../../cookies.ts';
import { nameIn, parse } from '../../input.ts';
import { type KeptForm, openKept } from '../../kept-form.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { meOf, setVisit, visitOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { showSignIn } from './ask.ts';
import { nextIn, PasswordForm, SignInForm } from './forms.ts';
import type { SignInPage } from './pages.ts';

export const sessionRoutes: readonly Route[] = [
  { method: 'get', path: '/sign-in', who: 'open', handle: getSignIn },
  { method: 'post', path: '/sign-in', who: 'open', handle: postSignIn, whenStale: signInAgain },
  { method: 'get', path: '/sign-in/link/:link', who: 'open', handle: getLink },
  { method: 'post', path: '/sign-in/link/:link', who: 'open', handle: postLink },
  { method: 'post', path: '/sign-out', who: 'signed-in', handle: postSignOut, beforePassword: true },
  { method: 'get', path: '/password', who: 'signed-in', handle: getPassword, beforePassword: true },
  { method: 'post', path: '/password', who: 'signed-in', handle: postPassword, beforePassword: true },
];

function getSignIn(web: Web, req: Request, res: Response): void {
  const next = nextIn(req.query.next);
  if (visitOf(res).me === null) showSignIn(web, res, { next });
  else res.redirect(303, next);
}

async function postSignIn(web: Web, req: Request, res: Response, goOn: NextFunction): Promise<void> {
  try {
    const { timeZone, ...form } = parse(SignInForm, req.body);
    const { session, me } = await web.services.signIn({ ...form, network: req.ip ?? '' });
    if (me.timeZone === null && timeZone !== undefined) await web.services.setTimeZone(me, timeZone);
    const kept = keptFor(web, req, me);
    if (kept === null) return enter(web, res, { session, me, next: nextIn(req.body?.next) });
    letIn(web, res, session);
    setVisit(res, { ...visitOf(res), me, by: 'session', secret: session });
    Object.assign(req, { url: kept.action, body: kept.typed });
    goOn(); // the form arrives again: its token is old, so it is shown, and nothing is done
  } catch (error) {
    showSignIn(web, res, { ...typedIn(req), refusal: refusalOf(error, res) });
  }
}

/** The form that waited in the sign-in form, for the person who typed it. */
function keptFor(web: Web, req: Request, me: SignedIn): KeptForm | null {
  const ended = readCookie(req, 'session', web.config.secureCookies);
  const kept = ended === null ? null : openKept(req.body?.kept, ended);
  return kept?.owner === me.id && !me.mustChangePassword ? kept : null;
}

function signInAgain(web: Web, req: Request, res: Response): void {
  showSignIn(web, res, { ...typedIn(req), notice: 'This page was open for too long. Please sign in again.' });
}

function typedIn({ body }: Request): Pick<SignInPage, 'name' | 'next' | 'kept'> {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { name: text(body?.name).slice(0, 200), next: nextIn(body?.next), kept: text(body?.kept) };
}

function letIn(web: Web, res: Response, session: string): void {
  setCookie(res, 'session', session, web.config.secureCookies);
  dropCookie(res, 'visitor', web.config.secureCookies);
}

function enter(web: Web, res: Response, entered: { session: string; me: SignedIn; next: string }): void {
  letIn(web, res, entered.session);
  res.redirect(303, entered.me.mustChangePassword ? '/password' : entered.next);
}

/** A page with a button: programs that look at links before people do must not use them up. */
function getLink(web: Web, req: Request, res: Response): void {
  const action = `/sign-in/link/${encodeURIComponent(nameIn(req.params.link))}`;
  sendPage(web, res, 'session/link', { title: 'Sign in', shape: 'plain' }, { action });
}

async function postLink(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { session, me } = await web.services.signInByLink(nameIn(req.params.link));
    enter(web, res, { session, me, next: '/' });
  } catch (error) {
    showSignIn(web, res, { refusal: refusalOf(error, res) });
  }
}

async function postSignOut(web: Web, _req: Request, res: Response): Promise<void> {
  await web.services.signOut(visitOf(res).secret);
  dropCookie(res, 'session', web.config.secureCookies);
  res.redirect(303, saying('/sign-in', 'signed-out'));
}

function getPassword(web: Web, _req: Request, res: Response): void {
  const me = meOf(res);
  if (me.mustChangePassword) showPassword(web, res, me, null);
  else res.redirect(303, '/account');
}

function showPassword(web: Web, res: Response, me: SignedIn, refusal: Refusal | null): void {
  sendPage(
    web,
    res,
    'session/password',
    { title: 'Choose a password', shape: 'plain' },
    { name: me.name, refusal },
  );
}

async function postPassword(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  if (!me.mustChangePassword) return res.redirect(303, '/account');
  try {
    const { password } = parse(PasswordForm, req.body);
    await web.services.changePassword(me, { old: null, password, keep: visitOf(res).secret });
    res.redirect(303, saying('/', 'password-changed'));
  } catch (error) {
    showPassword(web, res, me, refusalOf(error, res));
  }
}
