import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentPage } from '../present.ts';
import * as present from '../present-people.ts';
import { pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/people.ts';

const who = 'user.manage' as const;
const one = '/people/:id';

const listPeople = defineOperation({
  ...{ id: 'listPeople', method: 'get', path: '/people', who },
  summary: 'The people, by id.',
  query: schema.PeopleQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.PersonSchema) } },
  async run({ services, me, query: { limit, cursor, ...filter } }) {
    const found = await services.listPeople(me, { limit, cursor, filter });
    return { status: 200, body: presentPage(found, present.presentPerson) };
  },
});

const getPerson = defineOperation({
  ...{ id: 'getPerson', method: 'get', path: one, who },
  summary: 'One person: who they are, what they may have, their reservations, what happened.',
  answers: { 200: { description: 'The person.', schema: schema.PersonDetailSchema } },
  async run({ services, me, req }) {
    const person = await services.inspectPerson(me, idIn(req.params.id));
    return { status: 200, body: present.presentPersonDetail(person) };
  },
});

const addPerson = defineOperation({
  ...{ id: 'addPerson', method: 'post', path: '/people', who },
  summary: 'Adds somebody with a first password, which is told once and must be changed.',
  body: schema.NewPersonBody,
  answers: { 201: { description: 'The account.', schema: schema.NewAccountSchema } },
  async run({ services, me, body, once }) {
    const added = await services.addPerson(me, body, once);
    return { status: 201, body: added, headers: { location: `/api/v1/people/${added.id}` } };
  },
});

const addPeople = defineOperation({
  ...{ id: 'addPeople', method: 'post', path: '/people/table', who, large: true },
  summary: 'Adds the people of a table; what is wrong with one keeps the others from nothing.',
  body: schema.NewPeopleBody,
  answers: { 200: { description: 'What came of each.', schema: schema.NewPeopleSchema } },
  async run({ services, me, body: { dryRun, ...request }, once }) {
    const rows = dryRun
      ? await services.planPeople(me, request)
      : await services.addPeople(me, request, once);
    return { status: 200, body: { rows: rows.map(present.presentNewPerson) } };
  },
});

const editPerson = defineOperation({
  ...{ id: 'editPerson', method: 'patch', path: one, who },
  summary: 'Changes somebody; what is absent stays.',
  body: schema.PersonChangesBody,
  answers: { 200: { description: 'The person.', schema: schema.PersonDetailSchema } },
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.editPerson(me, id, body);
    return { status: 200, body: present.presentPersonDetail(await services.inspectPerson(me, id)) };
  },
});

const resetPassword = defineOperation({
  ...{ id: 'resetPassword', method: 'post', path: `${one}/password`, who },
  summary: 'A new first password for somebody else; their sessions end.',
  body: schema.ResetBody,
  answers: { 200: { description: 'The password, told once.', schema: schema.PasswordSchema } },
  async run({ services, me, req, body: { revokeTokens = false }, once }) {
    const password = await services.resetPassword(me, idIn(req.params.id), { revokeTokens }, once);
    return { status: 200, body: { password } };
  },
});

const disablePerson = defineOperation({
  ...{ id: 'disablePerson', method: 'post', path: `${one}/disable`, who },
  summary: 'Shuts somebody out at once: sessions, tokens and gateway. `end` also ends their reservations.',
  body: schema.DisableBody,
  answers: { 200: { description: 'It is done.', schema: schema.DisabledSchema } },
  async run({ services, me, req, body, once }) {
    return { status: 200, body: await services.disablePerson(me, idIn(req.params.id), body, once) };
  },
});

const enablePerson = defineOperation({
  ...{ id: 'enablePerson', method: 'post', path: `${one}/enable`, who },
  summary: 'Lets somebody in again; who was removed comes back in no group and without a password.',
  answers: { 204: { description: 'It is done.' } },
  async run({ services, me, req, once }) {
    await services.enablePerson(me, idIn(req.params.id), once);
    return { status: 204 };
  },
});

const removePerson = defineOperation({
  ...{ id: 'removePerson', method: 'delete', path: one, who },
  summary: 'Removes somebody without live reservations (else 409 `person.live`); their history stays.',
  answers: { 204: { description: 'It is done.' } },
  async run({ services, me, req }) {
    await services.removePerson(me, idIn(req.params.id));
    return { status: 204 };
  },
});

export const peopleOperations: readonly Operation[] = [
  listPeople,
  addPerson,
  addPeople,
  getPerson,
  editPerson,
  resetPassword,
  disablePerson,
  enablePerson,
  removePerson,
];
