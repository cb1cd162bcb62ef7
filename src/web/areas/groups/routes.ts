import type { Request, Response } from 'express';
import { usualLimits } from '../../../domain/limits.ts';
import { sendCsv } from '../../csv.ts';
import { idIn, parse } from '../../input.ts';
import { askedList } from '../../list.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyAgain, bodyOf, type Typed } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type Members, postMembers } from '../people/members.ts';
import { GroupForm, NewGroupForm } from './forms.ts';
import { type GroupOver, groupForm, groupPage } from './group-page.ts';
import { groupCells, groupHeads, groupList, groupsPage, sortedGroups } from './list-page.ts';

const who = 'user.manage' as const;
const one = '/groups/:id';
const change: Members['change'] = (web, res, id, changes) =>
  web.services.changeMembers(meOf(res), id, changes);

export const groupRoutes: readonly Route[] = [
  { method: 'get', path: '/groups', who, handle: getGroups },
  { method: 'get', path: '/groups/add', who, handle: (web, _req, res) => showAdd(web, res, {}, null) },
  { method: 'post', path: '/groups/add', who, handle: postAdd },
  { method: 'get', path: one, who, handle: (web, req, res) => show(web, res, idIn(req.params.id)) },
  { method: 'post', path: one, who, handle: postGroup },
  { method: 'post', path: `${one}/members`, who, handle: postMembers({ change, show }), large: true },
  { method: 'get', path: `${one}/delete`, who, handle: getDelete },
  { method: 'post', path: `${one}/delete`, who, handle: postDelete },
];

async function getGroups(web: Web, req: Request, res: Response): Promise<void> {
  const asked = askedList(groupList, req.query);
  const all = await web.services.listGroups(meOf(res));
  if (asked.csv) return sendCsv(res, 'groups', groupHeads, sortedGroups(asked, all).map(groupCells));
  sendPage(web, res, 'groups/list', { title: 'Groups' }, groupsPage(asked, all));
}

function showAdd(web: Web, res: Response, typed: Typed, refusal: Refusal | null): void {
  const form = groupForm({ name: '', role: 'user', limits: usualLimits }, typed);
  sendPage(web, res, 'groups/add', { title: 'Add a group' }, { form, refusal });
}

async function postAdd(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { id } = await web.services.addGroup(meOf(res), parse(NewGroupForm, req.body));
    res.redirect(303, saying(`/groups/${id}`, 'saved'));
  } catch (error) {
    showAdd(web, res, bodyOf(req), refusalOf(error, res));
  }
}

async function show(web: Web, res: Response, id: number, over: GroupOver = {}): Promise<void> {
  const group = await web.services.inspectGroup(meOf(res), id);
  sendPage(web, res, 'groups/show', { title: group.name }, groupPage(group, over));
}

async function postGroup(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.editGroup(meOf(res), id, parse(GroupForm, req.body));
    res.redirect(303, saying(`/groups/${id}`, 'saved'));
  } catch (error) {
    const refusal = refusalOf(error, res);
    const fields = bodyAgain(req, refusal);
    await show(web, res, id, { refusal, fields, refused: 'group' });
  }
}

async function getDelete(web: Web, req: Request, res: Response): Promise<void> {
  const { id, name, hangs } = await web.services.inspectGroup(meOf(res), idIn(req.params.id));
  if (hangs !== null) return show(web, res, id);
  const question = `Delete ${name}?`;
  const lost =
    'Nobody is in it, no image is published to it and no server names it. What it allowed is gone with it.';
  const page = { question, lost, action: `/groups/${id}/delete`, button: 'Delete it', back: `/groups/${id}` };
  sendPage(web, res, 'reservations/confirm', { title: question }, page);
}

async function postDelete(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.deleteGroup(meOf(res), id);
    res.redirect(303, saying('/groups', 'group-deleted'));
  } catch (error) {
    await show(web, res, id, { refusal: refusalOf(error, res), refused: 'group' });
  }
}
