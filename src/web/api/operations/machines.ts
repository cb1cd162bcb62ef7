import { LabError } from '../../../domain/errors.ts';
import { idIn, nameIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { pageOfAll } from '../page-of-all.ts';
import * as present from '../present.ts';
import { PageQuery, pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/machines.ts';
import * as added from '../schemas/new-nodes.ts';
import { NodeDetailSchema } from '../schemas/node-detail.ts';

const listImages = defineOperation({
  ...{ id: 'listImages', method: 'get', path: '/images', who: 'image.read' },
  summary: 'The images one may reserve.',
  query: schema.ImagesQuery,
  answers: { 200: { description: 'All of them.', schema: pageOf(schema.ImageSchema) } },
  async run({ services, me, query }) {
    const images = await services.listImages(me, { search: query.search });
    return { status: 200, body: pageOfAll(images.map(present.presentImage), query) };
  },
});

const getImage = defineOperation({
  ...{ id: 'getImage', method: 'get', path: '/images/:name', who: 'image.read' },
  summary: 'One image.',
  answers: { 200: { description: 'The image.', schema: schema.ImageSchema } },
  async run({ services, me, req }) {
    const image = await services.getImage(me, nameIn(req.params.name)).catch(notHere);
    return { status: 200, body: present.presentImage(image) };
  },
});

/** In an address an unknown image is a thing that is not there, not a wrong field. */
function notHere(error: unknown): never {
  if (error instanceof LabError && error.code === 'image.unknown')
    throw new LabError('not-found', { cause: error });
  throw error;
}

const listNodes = defineOperation({
  ...{ id: 'listNodes', method: 'get', path: '/nodes', who: 'node.read' },
  summary: 'The machines.',
  query: schema.NodesQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.NodeSchema) } },
  async run({ services, me, query: { limit, cursor, ...filter } }) {
    const found = await services.listNodes(me, { limit, cursor, filter });
    return { status: 200, body: present.presentPage(found, present.presentNode) };
  },
});

const inspectNode = defineOperation({
  ...{ id: 'getNode', method: 'get', path: '/nodes/:id', who: 'node.read' },
  summary: 'One node: what it does, its next 24 hours, its last 20 loads, what happened to it.',
  answers: { 200: { description: 'The node.', schema: NodeDetailSchema } },
  async run({ services, me, req }) {
    const node = await services.inspectNode(me, idIn(req.params.id));
    return { status: 200, body: present.presentNodeDetail(node) };
  },
});

const listDiscovered = defineOperation({
  ...{ id: 'listDiscovered', method: 'get', path: '/discovered', who: 'node.read' },
  summary:
    'Machines that started from the network of a pool and are no nodes yet. Nothing was written to them. Adding a node with the address of its card makes one of it.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(added.DiscoveredSchema) } },
  async run({ services, me, query }) {
    const found = await services.listDiscovered(me, query);
    return { status: 200, body: present.presentPage(found, present.presentDiscovered) };
  },
});

const ignoreDiscovered = defineOperation({
  ...{ id: 'ignoreDiscovered', method: 'patch', path: '/discovered/:id', who: 'node.manage' },
  summary: 'Says that a discovered machine is none of ours, or takes that back.',
  body: added.DiscoveredBody,
  answers: { 204: { description: 'Done.' } },
  async run({ services, me, req, body: { ignored } }) {
    await services.ignoreMachine(me, idIn(req.params.id), ignored);
    return { status: 204 };
  },
});

const addNodes = defineOperation({
  ...{ id: 'addNodes', method: 'post', path: '/nodes', who: 'node.manage', large: true },
  summary:
    'Adds nodes by a pattern of names or by a table; what is wrong with one keeps the others from nothing.',
  body: added.NewNodesBody,
  answers: { 200: { description: 'What came of each.', schema: added.NewNodesSchema } },
  async run({ services, me, body: { dryRun, hardware, ...rest }, once }) {
    const request = { ...rest, ...(hardware ? { hardware: textOf(hardware) } : {}) };
    const rows = dryRun
      ? await services.planNodes(me, request)
      : await services.addNewNodes(me, request, once);
    return {
      status: 200,
      body: { rows: rows.map((row) => ({ ...row, problems: [...row.problems], id: row.id ?? null })) },
    };
  },
});

const placeNodes = defineOperation({
  ...{ id: 'placeNodes', method: 'put', path: '/nodes/places', who: 'node.manage' },
  summary: 'Says in which rack nodes stand, and in which unit; all of it or nothing.',
  body: schema.NodePlacesBody,
  answers: { 200: { description: 'How many were moved.', schema: schema.NodePlacedSchema } },
  async run({ services, me, body }) {
    return { status: 200, body: await services.placeNodes(me, body.places) };
  },
});

const setHardware = defineOperation({
  ...{ id: 'setHardware', method: 'patch', path: '/nodes/:id/hardware', who: 'node.manage' },
  summary:
    'Changes how a bare-metal node is switched and reached; what is absent stays. Its BMC is asked at once who it is.',
  body: added.HardwareBody,
  answers: { 200: { description: 'The node.', schema: NodeDetailSchema } },
  async run({ services, me, req, body: { version, ...hardware } }) {
    const id = idIn(req.params.id);
    await services.setHardware(me, id, textOf(hardware), version);
    return { status: 200, body: present.presentNodeDetail(await services.inspectNode(me, id)) };
  },
});

/** As it is typed into a form or a table: services read it from there. */
function textOf<Fields extends object>(fields: Fields): { [Field in keyof Fields]?: string } {
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return Object.fromEntries(texts) as { [Field in keyof Fields]?: string };
}

const orderNode = defineOperation({
  ...{ id: 'orderNode', method: 'post', path: '/nodes/:id/orders', who: 'node.manage' },
  summary:
    'Loads a node anew, switches it, takes it out of service or back. While somebody has it: `after` their reservation, or `now` with a reason that they are told; without either 409 `node.held`.',
  body: schema.NodeOrderBody,
  answers: {
    202: {
      description: 'What is done, in a sentence; `dryRun`: what would be.',
      schema: schema.NodeOrderedSchema,
    },
  },
  async run({ services, me, req, body: { dryRun, ...order }, once }) {
    const id = idIn(req.params.id);
    const says = dryRun
      ? await services.previewOrder(me, id, order)
      : await services.orderNode(me, id, order, once);
    return { status: 202, body: { says } };
  },
});

const openConsole = defineOperation({
  ...{ id: 'openConsole', method: 'post', path: '/nodes/:id/console', who: 'node.manage', eachTime: true },
  summary:
    'To look at a node’s console, read only, whoever has it: a WebSocket that is opened once, within 30 s; its binary messages are what the machine writes. That somebody looked is kept.',
  answers: { 201: { description: 'Where to open it.', schema: schema.ConsoleSchema } },
  async run({ services, me, req }) {
    const ticket = await services.consoleTicket(me, idIn(req.params.id), req.ip ?? '');
    return { status: 201, body: { path: `/gateway/console?${new URLSearchParams({ ticket }).toString()}` } };
  },
});

export const machineOperations: readonly Operation[] = [
  placeNodes,
  listImages,
  getImage,
  listNodes,
  inspectNode,
  listDiscovered,
  ignoreDiscovered,
  addNodes,
  setHardware,
  orderNode,
  openConsole,
];
