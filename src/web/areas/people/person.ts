/** One person: who they are, and what is done to their account. */
import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Handler } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { bodyOf, bodyText } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import type { DisablePage } from './add-page.ts';
import { DisableForm, PasswordForm, PersonForm } from './forms.ts';
import { personPage } from './person-page.ts';

export async function getPerson(web: Web, req: Request, res: Response): Promise<void> {
  await show(web, res, idIn(req.params.id));
}

async function show(
  web: Web,
  res: Response,
  id: number,
  over: Parameters<typeof personPage>[3] = {},
): Promise<void> {
  const me = meOf(res);
  const person = await web.services.inspectPerson(me, id);
  const page = personPage(person, await web.services.listGroups(me), makeClock(me.timeZone), over);
  sendPage(web, res, 'people/show', { title: person.displayName }, page);
}

export async function postPerson(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.editPerson(meOf(res), id, parse(PersonForm, req.body));
    res.redirect(303, saying(`/people/${id}`, 'saved'));
  } catch (error) {
    const refusal = refusalOf(error, res);
    const typed = {
      displayName: bodyText(req, 'displayName'),
      email: bodyText(req, 'email'),
      groups: [bodyOf(req).groups ?? []].flat().map(String),
    };
    // who comes second sees what it is now
    await show(web, res, id, refusal.code === 'changed-meanwhile' ? { refusal } : { refusal, typed });
  }
}

/** What needs no form of its own; a refusal is shown on the person's page. */
export function change(said: Said, call: (web: Web, res: Response, id: number) => Promise<unknown>): Handler {
  return async (web, req, res) => {
    const id = idIn(req.params.id);
    try {
      await call(web, res, id);
      res.redirect(303, saying(`/people/${id}`, said));
    } catch (error) {
      await show(web, res, id, { refusal: refusalOf(error, res) });
    }
  };
}

export async function getPassword(web: Web, req: Request, res: Response): Promise<void> {
  const person = await notMe(web, req, res);
  sendPage(web, res, 'people/new-password', { title: `New password of ${person.displayName}` }, person);
}

export async function postPassword(web: Web, req: Request, res: Response): Promise<void> {
  const { id, name, displayName } = await notMe(web, req, res);
  const password = await web.services.resetPassword(meOf(res), id, parse(PasswordForm, req.body));
  const page = { id, name, displayName, password: password ?? '', isNew: false };
  sendPage(web, res, 'people/first-password', { title: 'The new password' }, page);
}

export async function getDisable(web: Web, req: Request, res: Response): Promise<void> {
  showDisable(web, res, await notMe(web, req, res), { reservations: 'leave', reason: '' }, null);
}

export async function postDisable(web: Web, req: Request, res: Response): Promise<void> {
  const person = await notMe(web, req, res);
  try {
    await web.services.disablePerson(meOf(res), person.id, parse(DisableForm, req.body));
    res.redirect(303, saying(`/people/${person.id}`, 'person-disabled'));
  } catch (error) {
    const typed = { reservations: bodyText(req, 'reservations'), reason: bodyText(req, 'reason') };
    showDisable(web, res, person, typed, refusalOf(error, res));
  }
}

function showDisable(
  web: Web,
  res: Response,
  { id, displayName, reservations }: Pick<DisablePage, 'id' | 'displayName' | 'reservations'>,
  typed: DisablePage['typed'],
  refusal: DisablePage['refusal'],
): void {
  const page = { id, displayName, reservations, typed, refusal };
  sendPage(web, res, 'people/disable', { title: `Disable ${displayName}` }, page);
}

export async function getRemove(web: Web, req: Request, res: Response): Promise<void> {
  const { id, displayName } = await notMe(web, req, res);
  const question = `Remove ${displayName}?`;
  const page = {
    question,
    lost,
    action: `/people/${id}/remove`,
    button: 'Remove',
    back: `/people/${id}`,
    keep: 'Leave it',
  };
  sendPage(web, res, 'reservations/confirm', { title: question }, page);
}

const lost =
  'Nobody can sign in with this account any more; its groups, API tokens and SSH keys go. The login stays in the history and is given to nobody else.';

/** Somebody else. */
async function notMe(web: Web, req: Request, res: Response) {
  const me = meOf(res);
  const person = await web.services.inspectPerson(me, idIn(req.params.id));
  if (person.isMe) throw new LabError('person.yourself');
  if (person.state === 'removed') throw new LabError('person.removed');
  return person;
}
