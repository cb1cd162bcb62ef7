import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { pageOfAll } from '../page-of-all.ts';
import { presentGroupDetail } from '../present-people.ts';
import { PageQuery, pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/people.ts';

const who = 'user.manage' as const;
const one = '/groups/:id';

const listGroups = defineOperation({
  ...{ id: 'listGroups', method: 'get', path: '/groups', who },
  summary: 'The groups with what they allow.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.GroupSchema) } },
  run: async ({ services, me, query }) => ({
    status: 200,
    body: pageOfAll(await services.listGroups(me), query),
  }),
});

const getGroup = defineOperation({
  ...{ id: 'getGroup', method: 'get', path: one, who },
  summary: 'One group with its people and the images that were published to it.',
  answers: { 200: { description: 'The group.', schema: schema.GroupDetailSchema } },
  async run({ services, me, req }) {
    return { status: 200, body: presentGroupDetail(await services.inspectGroup(me, idIn(req.params.id))) };
  },
});

const addGroup = defineOperation({
  ...{ id: 'addGroup', method: 'post', path: '/groups', who },
  summary: 'Adds a group: of users and without limits unless told.',
  body: schema.NewGroupBody,
  answers: { 201: { description: 'The group.', schema: schema.GroupDetailSchema } },
  async run({ services, me, body, once }) {
    const { id } = await services.addGroup(me, body, once);
    const group = await services.inspectGroup(me, id);
    return { status: 201, body: presentGroupDetail(group), headers: { location: `/api/v1/groups/${id}` } };
  },
});

const editGroup = defineOperation({
  ...{ id: 'editGroup', method: 'patch', path: one, who },
  summary: 'Changes a group; what is absent stays.',
  body: schema.GroupChangesBody,
  answers: { 200: { description: 'The group.', schema: schema.GroupDetailSchema } },
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.editGroup(me, id, body);
    return { status: 200, body: presentGroupDetail(await services.inspectGroup(me, id)) };
  },
});

const changeMembers = defineOperation({
  ...{ id: 'changeMembers', method: 'post', path: `${one}/members`, who, large: true },
  summary: 'Puts people into a group and takes them out, by login.',
  body: schema.MembersBody,
  answers: { 200: { description: 'What became of each.', schema: schema.MembersSchema } },
  async run({ services, me, req, body, once }) {
    const rows = await services.changeMembers(me, idIn(req.params.id), body, once);
    return { status: 200, body: { rows: [...rows] } };
  },
});

const deleteGroup = defineOperation({
  ...{ id: 'deleteGroup', method: 'delete', path: one, who },
  summary: 'Deletes a group on which nothing hangs (else 409 `group.in-use`).',
  answers: { 204: { description: 'It is gone.' } },
  async run({ services, me, req }) {
    await services.deleteGroup(me, idIn(req.params.id));
    return { status: 204 };
  },
});

export const groupOperations: readonly Operation[] = [
  listGroups,
  addGroup,
  getGroup,
  editGroup,
  changeMembers,
  deleteGroup,
];
