import type { Request, Response } from 'express';
import { z } from 'zod';
import type { DateChoice } from '../../../services/blocks.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { bodyText } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { askRoutes, versionIn } from './ask-routes.ts';
import { blockLine, blockPage } from './pages.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id';
const perPage = 100;

export const blockRoutes: readonly Route[] = [
  ...askRoutes,
  { method: 'get', path: '/blocks', who, handle: getBlocks },
  { method: 'get', path: one, who, handle: (web, req, res) => show(web, res, idIn(req.params.id)) },
  { method: 'post', path: `${one}/dates/:date`, who, handle: postDate },
  { method: 'post', path: `${one}/approve`, who, handle: postApprove },
  { method: 'post', path: `${one}/reject`, who, handle: postReject },
  { method: 'get', path: `${one}/withdraw`, who, handle: getWithdraw },
  { method: 'post', path: `${one}/withdraw`, who, handle: postWithdraw },
];

async function getBlocks(web: Web, req: Request, res: Response): Promise<void> {
  const { course, cursor } = parse(
    z.object({
      course: z.coerce.number().optional().catch(undefined),
      cursor: z.string().max(500).optional(),
    }),
    req.query,
  );
  const found = await web.services.listBlocks(meOf(res), { limit: perPage, cursor, courseId: course });
  const [first] = found.items;
  const of = course !== undefined && first ? first.course : null;
  const page = { rows: found.items.map(blockLine), course: of, next: found.next };
  sendPage(web, res, 'blocks/list', { title: 'Seats of classes' }, page);
}

async function show(
  web: Web,
  res: Response,
  id: number,
  refusal: Refusal | null = null,
  reason = '',
): Promise<void> {
  const block = await web.services.inspectBlock(meOf(res), id);
  const moves = ['approving', 'returning', 'ending'].includes(block.state);
  const head = { title: `Seats for ${block.course.name}`, refresh: moves ? 3 : null };
  sendPage(web, res, 'blocks/show', head, blockPage(block, refusal, reason));
}

async function change(
  web: Web,
  req: Request,
  res: Response,
  said: Said,
  work: (id: number) => Promise<void>,
) {
  const id = idIn(req.params.id);
  try {
    await work(id);
    res.redirect(303, saying(`/blocks/${id}`, said));
  } catch (error) {
    await show(web, res, id, refusalOf(error, res), bodyText(req, 'reason', 1_000_000));
  }
}

const DateForm = z.object({
  what: z.enum(['skip', 'restore', 'seats'], 'Please choose.'),
  seats: z.coerce.number('must be a whole number.').optional(),
});

function postDate(web: Web, req: Request, res: Response): Promise<void> {
  return change(web, req, res, 'saved', async (id) => {
    const { what, seats } = parse(DateForm, req.body);
    const choice: Omit<DateChoice, 'start'> = what === 'seats' ? { seats } : { skip: what === 'skip' };
    await web.services.changeBlockDate(meOf(res), id, idIn(req.params.date), choice);
  });
}

const ticked = z
  .literal('1')
  .optional()
  .transform((box) => box === '1');

function postApprove(web: Web, req: Request, res: Response): Promise<void> {
  return change(web, req, res, 'block-approved', async (id) => {
    const { skipsShort } = parse(z.object({ skipsShort: ticked }), req.body);
    await web.services.approveBlock(meOf(res), id, { skipsShort, version: versionIn(req) ?? undefined });
  });
}

function postReject(web: Web, req: Request, res: Response): Promise<void> {
  return change(web, req, res, 'block-rejected', async (id) => {
    const { reason } = parse(z.object({ reason: z.string().max(10_000).default('') }), req.body);
    await web.services.rejectBlock(meOf(res), id, reason);
  });
}

async function getWithdraw(web: Web, req: Request, res: Response): Promise<void> {
  const { id, course } = await web.services.inspectBlock(meOf(res), idIn(req.params.id));
  const question = `Withdraw the seats for ${course.name}?`;
  const lost = 'What is held for dates that have not begun goes back to everybody.';
  const page = {
    question,
    lost,
    action: `/blocks/${id}/withdraw`,
    button: 'Withdraw them',
    back: `/blocks/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: question }, { ...page, keep: 'Keep them' });
}

function postWithdraw(web: Web, req: Request, res: Response): Promise<void> {
  return change(web, req, res, 'block-withdrawn', (id) => web.services.withdrawBlock(meOf(res), id));
}
