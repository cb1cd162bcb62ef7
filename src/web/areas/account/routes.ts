import type { Request, Response } from 'express';
import type { SignedIn } from '../../../services/views.ts';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Handler, Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { bodyTexts } from '../../typed.ts';
import { meOf, visitOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { ChangePasswordForm, EmailForm, KeyForm, TokenForm, ZoneForm } from './forms.ts';
import { accountPage, type RefusedForm } from './pages.ts';

export const accountRoutes: readonly Route[] = [
  { method: 'get', path: '/account', who: 'own-account', handle: (web, _req, res) => showAccount(web, res) },
  { method: 'post', path: '/account/keys', who: 'own-account', handle: change('key', 'key-added', addKey) },
  {
    method: 'post',
    path: '/account/keys/:id/remove',
    who: 'own-account',
    handle: postRemoveKey,
  },
  {
    method: 'post',
    path: '/account/password',
    who: 'own-account',
    handle: change('password', 'password-changed', newPassword),
  },
  {
    method: 'post',
    path: '/account/email',
    who: 'own-account',
    handle: change('email', 'email-set', setEmail),
  },
  { method: 'post', path: '/account/zone', who: 'own-account', handle: change('zone', 'zone-set', setZone) },
  { method: 'post', path: '/account/tokens', who: 'own-account', handle: postToken },
  {
    method: 'post',
    path: '/account/tokens/:id/revoke',
    who: 'own-account',
    handle: change('token', 'token-revoked', revoke),
  },
];

async function showAccount(web: Web, res: Response, refused: RefusedForm | null = null): Promise<void> {
  const me = meOf(res);
  const { services } = web;
  const [keys, onTheirWay, tokens] = await Promise.all([
    services.listSshKeys(me),
    services.keysOnTheirWay(me),
    services.listTokens(me),
  ]);
  const page = accountPage({ me, keys, onTheirWay, tokens, refused }, makeClock(me.timeZone));
  sendPage(web, res, 'account/show', { title: 'Account' }, page);
}

type Change = (web: Web, me: SignedIn, req: Request, res: Response) => Promise<void>;

function change(form: RefusedForm['form'], said: Said, call: Change): Handler {
  return async (web, req, res) => {
    try {
      await call(web, meOf(res), req, res);
      res.redirect(303, saying('/account', said));
    } catch (error) {
      await showAccount(web, res, refusedForm(form, error, req, res));
    }
  };
}

/** What was typed is shown again, but never a password. */
function refusedForm(form: RefusedForm['form'], error: unknown, req: Request, res: Response): RefusedForm {
  return { form, refusal: refusalOf(error, res), typed: form === 'password' ? {} : bodyTexts(req) };
}

async function addKey(web: Web, me: SignedIn, req: Request): Promise<void> {
  const { label, publicKey } = parse(KeyForm, req.body);
  await web.services.addSshKey(me, label, publicKey);
}

async function postRemoveKey(web: Web, req: Request, res: Response): Promise<void> {
  const isGone = await web.services.removeSshKey(meOf(res), idIn(req.params.id));
  res.redirect(303, saying('/account', isGone ? 'key-removed' : 'key-going'));
}

async function newPassword(web: Web, me: SignedIn, req: Request, res: Response): Promise<void> {
  const { old, password } = parse(ChangePasswordForm, req.body);
  await web.services.changePassword(me, { old, password, keep: visitOf(res).secret });
}

async function setEmail(web: Web, me: SignedIn, req: Request): Promise<void> {
  await web.services.setEmail(me, parse(EmailForm, req.body).email);
}

async function setZone(web: Web, me: SignedIn, req: Request): Promise<void> {
  await web.services.setTimeZone(me, parse(ZoneForm, req.body).timeZone);
}

async function revoke(web: Web, me: SignedIn, req: Request): Promise<void> {
  await web.services.revokeToken(me, idIn(req.params.id));
}

/** The one answer to a POST that is no redirect: the token is shown here and nowhere again. */
async function postToken(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { label } = parse(TokenForm, req.body);
    const token = await web.services.createToken(meOf(res), label);
    sendPage(web, res, 'account/token', { title: 'Your new token' }, { token, label });
  } catch (error) {
    await showAccount(web, res, refusedForm('token', error, req, res));
  }
}
