/** One order to one node or to many: first what it would do to each, then what it did. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { invalid, LabError } from '../../../domain/errors.ts';
import { type NodeOrder, nodeActions } from '../../../services/services.ts';
import type { NodeView, SignedIn } from '../../../services/views.ts';
import { parse } from '../../input.ts';
import { askedList } from '../../list.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { nodesTable } from './list-page.ts';
import { type Judged, ordersPage } from './orders-page.ts';

/** So many at once. */
const most = 1_000;

const Asked = z.object({
  action: z.enum(nodeActions).catch('maintenance'),
  when: z.enum(['after', 'now']).catch('after'),
});

export async function getOrders(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = Asked.parse(req.query);
  const nodes = req.query.all === '1' ? await allOf(web, me, req) : await chosen(web, me, req.query.id);
  const judged = await preview(web, me, nodes, asked);
  const page = ordersPage(asked, judged, await imagesOf(web, me, nodes), { came: null, refusal: null });
  sendPage(web, res, 'nodes/orders', { title: page.title }, page);
}

/** Those that were marked. What is no longer there is left out. */
async function chosen(web: Web, me: SignedIn, typed: unknown): Promise<NodeView[]> {
  const ids = [typed ?? []].flat().filter((id) => /^[1-9]\d{0,8}$/.test(String(id)));
  return find(web, me, ids.slice(0, most).map(Number));
}

async function find(web: Web, me: SignedIn, ids: readonly number[]): Promise<NodeView[]> {
  const found: NodeView[] = [];
  for (const id of ids) {
    const node = await web.services.getNode(me, id).catch((error: unknown) => {
      if (error instanceof LabError && error.code === 'not-found') return null;
      throw error;
    });
    if (node) found.push(node);
  }
  return found;
}

/** All that the list shows, on every page of it. */
async function allOf(web: Web, me: SignedIn, req: Request): Promise<NodeView[]> {
  const asked = askedList(nodesTable, req.query);
  const { items, total } = await web.services.findNodes(me, { ...asked, offset: 0, limit: most });
  if (total > most)
    throw invalid('all', `These are ${total} nodes: at most ${most} at once. Choose fewer by the filter.`);
  return [...items];
}

/** With a reason, as if one had been given: the form asks for it. */
function preview(web: Web, me: SignedIn, nodes: readonly NodeView[], order: NodeOrder): Promise<Judged[]> {
  return judge(nodes, (node) => web.services.previewOrder(me, node.id, { reason: '…', ...order }));
}

async function judge(
  nodes: readonly NodeView[],
  work: (node: NodeView) => Promise<string>,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const node of nodes) {
    try {
      judged.push({ node, says: await work(node), fine: true });
    } catch (error) {
      if (!(error instanceof LabError) || error.code === 'not-allowed') throw error;
      judged.push({ node, says: error.message, fine: false });
    }
  }
  return judged;
}

async function imagesOf(web: Web, me: SignedIn, [first]: readonly NodeView[]): Promise<readonly string[]> {
  return first ? (await web.services.inspectNode(me, first.id)).images : [];
}

const Ordered = z.object({
  action: z.enum(nodeActions),
  when: z.enum(['after', 'now']),
  reason: z.string().trim().max(300, 'At most 300 characters.').default(''),
  image: z.string().max(100).default(''),
  nodes: z
    .string()
    .regex(/^(\d{1,9}:\d{1,9}( |$))*$/, 'must be nodes.')
    .transform((text) =>
      text
        .split(' ')
        .filter(Boolean)
        .map((one) => one.split(':').map(Number) as [number, number]),
    ),
});

export async function postOrders(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const { nodes, ...order } = parse(Ordered, req.body);
  const versions = new Map(nodes);
  const found = await find(
    web,
    me,
    nodes.slice(0, most).map(([id]) => id),
  );
  try {
    if (
      order.when === 'now' &&
      order.reason === '' &&
      order.action !== 'service' &&
      found.some(({ user }) => user !== null)
    )
      throw invalid('reason', 'Say why: whoever has one of these nodes is told.');
    const judged = await judge(found, (node) =>
      web.services.orderNode(me, node.id, { ...order, version: versions.get(node.id) }),
    );
    const done = judged.filter(({ fine }) => fine).map(({ node }) => node.id);
    const came = await web.services.followOrders(me, done);
    const page = ordersPage(order, judged, [], { came, refusal: null });
    sendPage(web, res, 'nodes/orders', { title: page.title, scripts: ['js/live.js'] }, page);
  } catch (error) {
    const refusal = refusalOf(error, res);
    const judged = await preview(web, me, found, { ...order, reason: order.reason || '…' });
    const page = ordersPage(order, judged, await imagesOf(web, me, found), { came: null, refusal });
    sendPage(web, res, 'nodes/orders', { title: page.title }, page);
  }
}
