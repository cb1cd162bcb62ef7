import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentLoad } from '../present.ts';
import { pageOf } from '../schemas/common.ts';
import { LoadSchema, LoadsQuery } from '../schemas/loads.ts';

const listLoads = defineOperation({
  ...{ id: 'listLoads', method: 'get', path: '/loads', who: 'node.read' },
  summary: 'Every try at loading a node with its phases, newest first.',
  query: LoadsQuery,
  answers: { 200: { description: 'Some of them.', schema: pageOf(LoadSchema) } },
  async run({ services, me, query: { limit, cursor, ...filter } }) {
    const { items, next } = await services.listLoads(me, { limit, cursor, filter });
    return { status: 200, body: { items: items.map(presentLoad), next } };
  },
});

const getLoad = defineOperation({
  ...{ id: 'getLoad', method: 'get', path: '/loads/:id', who: 'node.read' },
  summary: 'One try at loading a node.',
  answers: { 200: { description: 'The load.', schema: LoadSchema } },
  async run({ services, me, req }) {
    return { status: 200, body: presentLoad(await services.getLoad(me, idIn(req.params.id))) };
  },
});

export const loadOperations: readonly Operation[] = [listLoads, getLoad];
