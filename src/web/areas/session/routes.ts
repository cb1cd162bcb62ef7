import type { Request, Response } from 'express';
import type { SignedIn } from '../../../services/views.ts';
import { dropCookie, setCookie } from '../../cookies.ts';
import { nameIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { meOf, visitOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { nextIn, PasswordForm, SignInForm } from './forms.ts';

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
  if (visitOf(res).me === null) showSignIn(web, res, { name: '', next });
  else res.redirect(303, next);
}

interface Typed {
  readonly name: string;
  readonly next: string;
  readonly refusal?: Refusal;
  readonly stale?: boolean;
}

function showSignIn(web: Web, res: Response, { name, next, refusal, stale }: Typed): void {
  const page = { name, next, refusal: refusal ?? null, stale: stale === true };
  sendPage(web, res, 'session/sign-in', { title: 'Sign in', shape: 'plain' }, page);
}

async function postSignIn(web: Web, req: Request, res: Response): Promise<void> {
  const next = nextIn(req.body?.next);
  try {
    const { timeZone, ...form } = parse(SignInForm, req.body);
    const { session, me } = await web.services.signIn({ ...form, network: req.ip ?? '' });
    if (me.timeZone === null && timeZone !== undefined) await web.services.setTimeZone(me, timeZone);
    enter(web, res, { session, me, next });
  } catch (error) {
    showSignIn(web, res, { name: typedName(req), next, refusal: refusalOf(error, res) });
  }
}

function signInAgain(web: Web, req: Request, res: Response): void {
  showSignIn(web, res, { name: typedName(req), next: nextIn(req.body?.next), stale: true });
}

function typedName(req: Request): string {
  const name: unknown = req.body?.name;
  return typeof name === 'string' ? name.slice(0, 200) : '';
}

function enter(web: Web, res: Response, entered: { session: string; me: SignedIn; next: string }): void {
  setCookie(res, 'session', entered.session, web.config.secureCookies);
  dropCookie(res, 'visitor', web.config.secureCookies);
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
    const refusal = refusalOf(error, res);
    showSignIn(web, res, { name: '', next: '/', refusal });
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
