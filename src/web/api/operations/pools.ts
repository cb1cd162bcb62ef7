import { LabError } from '../../../domain/errors.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentPoolNetwork, presentPoolTest } from '../present-administration.ts';
import { PageQuery, pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/pools.ts';

const listPools = defineOperation({
  ...{ id: 'listPools', method: 'get', path: '/pools', who: 'pool.read' },
  summary: 'The pools.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.PoolSchema) } },
  run: async ({ services, me, query }) => ({ status: 200, body: await services.listPools(me, query) }),
});

const getPool = defineOperation({
  ...{ id: 'getPool', method: 'get', path: '/pools/:id', who: 'node.manage' },
  summary: 'One pool with its settings, each described by its module.',
  answers: { 200: { description: 'The pool.', schema: schema.PoolSettingsSchema } },
  async run({ services, me, req }) {
    const pool = await services.poolSettings(me, idIn(req.params.id));
    return { status: 200, body: pool };
  },
});

const editPool = defineOperation({
  ...{ id: 'editPool', method: 'patch', path: '/pools/:id', who: 'node.manage' },
  summary: 'Changes a pool; what is absent stays. A setting that its module does not take is named (422).',
  body: schema.PoolChangesBody,
  answers: { 200: { description: 'The pool.', schema: schema.PoolSettingsSchema } },
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.editPool(me, id, body);
    return { status: 200, body: await services.poolSettings(me, id) };
  },
});

const createPool = defineOperation({
  ...{ id: 'createPool', method: 'post', path: '/pools', who: 'node.manage' },
  summary:
    'Makes a pool without nodes. What is absent of its settings is the default; one that its module does not take is named (422).',
  body: schema.NewPoolBody,
  answers: { 201: { description: 'The pool.', schema: schema.PoolSettingsSchema } },
  async run({ services, me, body, once }) {
    const id = await services.createPool(me, body, once);
    return {
      status: 201,
      body: await services.poolSettings(me, id),
      headers: { location: `/api/v1/pools/${id}` },
    };
  },
});

const removePool = defineOperation({
  ...{ id: 'removePool', method: 'delete', path: '/pools/:id', who: 'node.manage' },
  summary: 'Removes a pool that has no nodes; 409 `pool.in-use` for one that has.',
  answers: { 204: { description: 'It is gone.' } },
  async run({ services, me, req }) {
    await services.removePool(me, idIn(req.params.id));
    return { status: 204 };
  },
});

const testPool = defineOperation({
  ...{ id: 'testPool', method: 'post', path: '/pools/:id/test', who: 'node.manage' },
  summary:
    'Lets the module of a pool try it out where its machines are, and waits at most 20 s: while `state` is queued or running, GET tells more later.',
  answers: { 202: { description: 'What it found.', schema: schema.PoolTestSchema } },
  async run({ services, me, req, once }) {
    return { status: 202, body: presentPoolTest(await services.testPool(me, idIn(req.params.id), once)) };
  },
});

const getPoolTest = defineOperation({
  ...{ id: 'getPoolTest', method: 'get', path: '/pools/:id/test', who: 'node.manage' },
  summary: 'The last test of a pool; 404 when it was never tested.',
  answers: { 200: { description: 'What it found.', schema: schema.PoolTestSchema } },
  async run({ services, me, req }) {
    const test = await services.poolTest(me, idIn(req.params.id));
    if (!test) throw new LabError('not-found', { detail: 'This pool was never tested.' });
    return { status: 200, body: presentPoolTest(test) };
  },
});

const getPoolNetwork = defineOperation({
  ...{ id: 'getPoolNetwork', method: 'get', path: '/pools/:id/network', who: 'node.manage' },
  summary:
    'What was found of the network that machines of a bare-metal pool start from; it is checked by itself. 404 for other pools.',
  answers: { 200: { description: 'What was found.', schema: schema.PoolNetworkSchema } },
  async run({ services, me, req }) {
    return { status: 200, body: presentPoolNetwork(await services.poolNetwork(me, idIn(req.params.id))) };
  },
});

const checkPoolNetwork = defineOperation({
  ...{
    id: 'checkPoolNetwork',
    method: 'post',
    path: '/pools/:id/network',
    who: 'node.manage',
    eachTime: true,
  },
  summary: 'Has that network checked now, and waits at most 20 s: while `underWay`, GET tells more later.',
  answers: { 202: { description: 'What was found.', schema: schema.PoolNetworkSchema } },
  async run({ services, me, req }) {
    return {
      status: 202,
      body: presentPoolNetwork(await services.checkPoolNetwork(me, idIn(req.params.id))),
    };
  },
});

const poolChoices = defineOperation({
  ...{ id: 'getPoolChoices', method: 'get', path: '/pool-modules', who: 'node.manage' },
  summary: 'What a pool can be made of: the modules with their settings, and the places.',
  answers: { 200: { description: 'The choices.', schema: schema.PoolChoicesSchema } },
  run: async ({ services, me }) => ({ status: 200, body: await services.poolChoices(me) }),
});

export const poolOperations: readonly Operation[] = [
  listPools,
  createPool,
  getPool,
  editPool,
  removePool,
  testPool,
  getPoolTest,
  getPoolNetwork,
  checkPoolNetwork,
  poolChoices,
];
