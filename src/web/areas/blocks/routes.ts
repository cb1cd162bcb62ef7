import type { Request, Response } from 'express';
import { z } from 'zod';
import { LabError } from '../../../domain/errors.ts';
import type { BlockWish, DateChoice } from '../../../services/blocks.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { termText } from '../courses/pages.ts';
import { asTyped, choicesIn, emptyBlock, type TypedBlock, typedBlock, wishOf } from './forms.ts';
import { blockLine, blockPage, choiceValue, previewPage } from './pages.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id';
const perPage = 100;

export const blockRoutes: readonly Route[] = [
  { method: 'get', path: '/blocks', who, handle: getBlocks },
  { method: 'post', path: '/blocks', who, handle: postAsk },
  { method: 'get', path: '/blocks/ask', who, handle: getAsk },
  {
    method: 'post',
    path: '/blocks/ask',
    who,
    handle: (web, req, res) => showForm(web, res, typedBlock(req.body), null, {}),
  },
  {
    method: 'post',
    path: '/blocks/preview',
    who,
    handle: (web, req, res) => postPreview(web, req, res, null),
  },
  { method: 'get', path: one, who, handle: (web, req, res) => show(web, res, idIn(req.params.id)) },
  { method: 'get', path: `${one}/edit`, who, handle: getEdit },
  { method: 'post', path: `${one}/edit`, who, handle: postEdit },
  {
    method: 'post',
    path: `${one}/preview`,
    who,
    handle: (web, req, res) => postPreview(web, req, res, idIn(req.params.id)),
  },
  { method: 'post', path: `${one}/change`, who, handle: postChange },
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

interface Changing {
  readonly choices?: readonly DateChoice[];
  readonly id?: number;
  readonly version?: number;
}

async function showForm(
  web: Web,
  res: Response,
  form: TypedBlock,
  refusal: Refusal | null,
  { id, version, choices = choicesIn(res.req.body) }: Changing,
): Promise<void> {
  const me = meOf(res);
  const [courses, images] = [await web.services.listCourses(me), await web.services.listImages(me)];
  sendPage(
    web,
    res,
    'blocks/form',
    { title: id === undefined ? 'Ask for seats' : 'Change seats' },
    {
      form,
      kept: choices.map((choice) => ({ name: `choice-${choice.start}`, value: choiceValue(choice) })),
      courses: courses.map((course) => ({ id: course.id, name: course.name, term: termText(course) })),
      images: images.map(({ name, title }) => ({ name, title })),
      action: id === undefined ? '/blocks/preview' : `/blocks/${id}/preview`,
      back: id === undefined ? '/blocks' : `/blocks/${id}`,
      isChange: id !== undefined,
      version: version ?? null,
      refusal,
    },
  );
}

async function getAsk(web: Web, req: Request, res: Response): Promise<void> {
  const courses = await web.services.listCourses(meOf(res));
  const asked = typeof req.query.course === 'string' ? req.query.course : '';
  const course = courses.find(({ id }) => String(id) === asked) ?? courses[0];
  const term = course ? { first: course.termFrom, last: course.termUntil } : {};
  const form = { ...emptyBlock, ...term, course: String(course?.id ?? '') };
  await showForm(web, res, form, null, {});
}

async function postPreview(web: Web, req: Request, res: Response, id: number | null): Promise<void> {
  const form = typedBlock(req.body);
  const version = versionIn(req);
  try {
    await showPreview(web, req, res, { form, id, version, refusal: null });
  } catch (error) {
    const changing = { ...(id === null ? {} : { id }), ...(version === null ? {} : { version }) };
    await showForm(web, res, form, refusalOf(error, res), changing);
  }
}

interface Previewed {
  readonly form: TypedBlock;
  readonly id: number | null;
  readonly version: number | null;
  readonly refusal: Refusal | null;
}

async function showPreview(web: Web, req: Request, res: Response, asked: Previewed): Promise<void> {
  const { form, id, version, refusal } = asked;
  const choices = choicesIn(req.body);
  const preview = await web.services
    .previewBlock(meOf(res), wishOf(form, choices), id ?? undefined)
    // other times have other dates: what was chosen for those before is gone with them
    .catch((error: unknown) => {
      if (!(error instanceof LabError) || !('choices' in error.fields)) throw error;
      return web.services.previewBlock(meOf(res), wishOf(form, []), id ?? undefined);
    });
  const page = previewPage(preview, { typed: form, choices, id, version, refusal });
  sendPage(web, res, 'blocks/preview', { title: 'What fits' }, page);
}

function versionIn(req: Request): number | null {
  const { version } = (req.body ?? {}) as { version?: unknown };
  return typeof version === 'string' && /^\d{1,9}$/.test(version) ? Number(version) : null;
}

/** Refused, it is shown again with what fits now, or the form with what is wrong in it. */
async function decided(
  web: Web,
  req: Request,
  res: Response,
  id: number | null,
  work: (wish: BlockWish) => Promise<string>,
): Promise<void> {
  const form = typedBlock(req.body);
  const version = versionIn(req);
  try {
    res.redirect(303, await work(wishOf(form, choicesIn(req.body))));
  } catch (error) {
    const refusal = refusalOf(error, res);
    const wrong = Object.keys(refusal.fields).length > 0;
    if (!wrong) return showPreview(web, req, res, { form, id, version, refusal });
    await showForm(
      web,
      res,
      form,
      refusal,
      id === null ? {} : { id, ...(version === null ? {} : { version }) },
    );
  }
}

function postAsk(web: Web, req: Request, res: Response): Promise<void> {
  return decided(web, req, res, null, async (wish) => {
    const { id } = await web.services.askBlock(meOf(res), wish);
    return saying(`/blocks/${id}`, 'block-asked');
  });
}

function postChange(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  return decided(web, req, res, id, async (wish) => {
    await web.services.changeBlock(meOf(res), id, wish, versionIn(req) ?? undefined);
    return saying(`/blocks/${id}`, 'saved');
  });
}

async function getEdit(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  const block = await web.services.inspectBlock(meOf(res), id);
  const { course, image, seats, recurrence, comment, graceMinutes, version } = block;
  const form = asTyped({ courseId: course.id, image: image.name, seats, recurrence, comment, graceMinutes });
  const otherwise = block.occurrences.filter(
    (date) => date.state === 'skipped' || date.seats !== seats || date.image.name !== image.name,
  );
  const choices = otherwise.map(({ start, state, ...date }): DateChoice => {
    if (state === 'skipped') return { start, skip: true };
    return date.image.name === image.name ? { start, seats: date.seats } : { start, image: date.image.name };
  });
  await showForm(web, res, form, null, { id, version, choices });
}

async function postEdit(web: Web, req: Request, res: Response): Promise<void> {
  const version = versionIn(req);
  const changing = { id: idIn(req.params.id), ...(version === null ? {} : { version }) };
  await showForm(web, res, typedBlock(req.body), null, changing);
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
    const { reason } = (req.body ?? {}) as { reason?: unknown };
    await show(web, res, id, refusalOf(error, res), typeof reason === 'string' ? reason : '');
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
