/** New people: one by a form, many by a table. */
import type { Request, Response } from 'express';
import { parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { bodyOf, bodyText } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type AddPersonPage, choices, peopleTablePage } from './add-page.ts';
import { NewPersonForm, TableForm } from './forms.ts';

export async function getAdd(web: Web, _req: Request, res: Response): Promise<void> {
  await showAdd(web, res, { name: '', displayName: '', email: '' }, [], null);
}

export async function postAdd(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  try {
    const person = parse(NewPersonForm, req.body);
    const { id, name, password } = await web.services.addPerson(me, person);
    const page = { id, name, displayName: person.displayName || name, password: password ?? '', isNew: true };
    sendPage(web, res, 'people/first-password', { title: 'The first password' }, page);
  } catch (error) {
    const refusal = refusalOf(error, res);
    const text = (field: string) => bodyText(req, field);
    const typed = { name: text('name'), displayName: text('displayName'), email: text('email') };
    await showAdd(web, res, typed, [bodyOf(req).groups ?? []].flat().map(String), refusal);
  }
}

async function showAdd(
  web: Web,
  res: Response,
  typed: AddPersonPage['typed'],
  chosen: readonly string[],
  refusal: AddPersonPage['refusal'],
): Promise<void> {
  const groups = choices(await web.services.listGroups(meOf(res)), chosen);
  sendPage(web, res, 'people/add', { title: 'Add a person' }, { typed, groups, refusal });
}

export async function getTable(web: Web, _req: Request, res: Response): Promise<void> {
  await showTable(web, res, { csv: '', groups: [] }, { rows: [], done: false, refusal: null });
}

/** First what it would do; with `confirm` it is done. */
export async function postTable(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const { confirm: done, ...request } = parse(TableForm, req.body);
  try {
    const rows = await web.services[done ? 'addPeople' : 'planPeople'](me, request);
    await showTable(web, res, request, { rows, done, refusal: null });
  } catch (error) {
    await showTable(web, res, request, { rows: [], done: false, refusal: refusalOf(error, res) });
  }
}

async function showTable(
  web: Web,
  res: Response,
  request: Parameters<typeof peopleTablePage>[0],
  shown: Parameters<typeof peopleTablePage>[2],
): Promise<void> {
  const page = peopleTablePage(request, await web.services.listGroups(meOf(res)), shown);
  sendPage(web, res, 'people/table', { title: 'Add people' }, page);
}
