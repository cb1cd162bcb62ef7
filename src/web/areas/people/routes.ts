import type { Request, Response } from 'express';
import { type Role, roles } from '../../../domain/may.ts';
import { personStates } from '../../../services/people.ts';
import type { PersonState } from '../../../services/people-views.ts';
import { sendCsv } from '../../csv.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { getAdd, getTable, postAdd, postTable } from './add.ts';
import { peopleHeads, peopleList, peoplePage, personCells } from './list-page.ts';
import {
  change,
  getDisable,
  getPassword,
  getPerson,
  getRemove,
  postDisable,
  postPassword,
  postPerson,
} from './person.ts';

const who = 'user.manage' as const;
const one = '/people/:id';

export const peopleRoutes: readonly Route[] = [
  { method: 'get', path: '/people', who, handle: getPeople },
  { method: 'get', path: '/people/add', who, handle: getAdd },
  { method: 'post', path: '/people/add', who, handle: postAdd },
  { method: 'get', path: '/people/table', who, handle: getTable },
  { method: 'post', path: '/people/table', who, handle: postTable, large: true },
  { method: 'get', path: one, who, handle: getPerson },
  { method: 'post', path: one, who, handle: postPerson },
  { method: 'get', path: `${one}/password`, who, handle: getPassword },
  { method: 'post', path: `${one}/password`, who, handle: postPassword },
  { method: 'get', path: `${one}/disable`, who, handle: getDisable },
  { method: 'post', path: `${one}/disable`, who, handle: postDisable },
  {
    method: 'post',
    path: `${one}/enable`,
    who,
    handle: change('person-enabled', (web, res, id) => web.services.enablePerson(meOf(res), id)),
  },
  { method: 'get', path: `${one}/remove`, who, handle: getRemove },
  {
    method: 'post',
    path: `${one}/remove`,
    who,
    handle: change('person-removed', (web, res, id) => web.services.removePerson(meOf(res), id)),
  },
];

async function getPeople(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(peopleList, req.query);
  const { role, state, ...words } = asked.filter;
  const filter = {
    ...words,
    role: roles.includes(role as Role) ? role : undefined,
    state: personStates.includes(state as PersonState) ? state : undefined,
  };
  const found = await web.services.findPeople(me, { ...asked, filter });
  if (asked.csv) return sendCsv(res, 'people', peopleHeads, found.items.map(personCells));
  sendPage(web, res, 'people/list', { title: 'People' }, peoplePage(asked, found));
}
