/** Asking for seats and changing what was asked for: a form, what would fit, and then it is done. */
import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import type { BlockWish, DateChoice } from '../../../services/blocks.ts';
import type { CourseView } from '../../../services/course-views.ts';
import { makeClock } from '../../clock.ts';
import { idIn } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyText } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { termText } from '../courses/pages.ts';
import { asTyped, choicesIn, emptyBlock, type TypedBlock, typedBlock, wishOf } from './forms.ts';
import { choiceValue, previewPage } from './preview-page.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id';

export const askRoutes: readonly Route[] = [
  { method: 'post', path: '/blocks', who, handle: postAsk },
  { method: 'get', path: '/blocks/ask', who, handle: getAsk },
  {
    method: 'post',
    path: '/blocks/ask',
    who,
    handle: (web, req, res) => showForm(web, res, typedBlock(req.body), null, aNew),
  },
  {
    method: 'post',
    path: '/blocks/preview',
    who,
    handle: (web, req, res) => postPreview(web, req, res, null),
  },
  { method: 'get', path: `${one}/edit`, who, handle: getEdit },
  { method: 'post', path: `${one}/edit`, who, handle: postEdit },
  {
    method: 'post',
    path: `${one}/preview`,
    who,
    handle: (web, req, res) => postPreview(web, req, res, idIn(req.params.id)),
  },
  { method: 'post', path: `${one}/change`, who, handle: postChange },
];

/** The block that is changed, as it was shown; nulls of a new one. */
interface Changing {
  readonly id: number | null;
  readonly version: number | null;
  readonly choices?: readonly DateChoice[];
}

const aNew: Changing = { id: null, version: null };

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
    { title: id === null ? 'Ask for seats' : 'Change seats' },
    {
      form,
      kept: choices.map((choice) => ({ name: `choice-${choice.start}`, value: choiceValue(choice) })),
      courses: courses.map((course) => ({ id: course.id, name: course.name, term: termText(course) })),
      images: images.map(({ name, title }) => ({ name, title })),
      action: id === null ? '/blocks/preview' : `/blocks/${id}/preview`,
      back: id === null ? '/blocks' : `/blocks/${id}`,
      isChange: id !== null,
      version,
      refusal,
    },
  );
}

async function getAsk(web: Web, req: Request, res: Response): Promise<void> {
  const courses = await web.services.listCourses(meOf(res));
  const asked = typeof req.query.course === 'string' ? req.query.course : '';
  const course = courses.find(({ id }) => String(id) === asked) ?? courses[0];
  const form = { ...emptyBlock, ...(course ? restOfTerm(course) : {}), course: String(course?.id ?? '') };
  await showForm(web, res, form, null, aNew);
}

/** The dates of a term that are not over, by the course's clock. */
function restOfTerm({ termFrom, termUntil, timeZone }: CourseView) {
  const clock = makeClock(timeZone);
  const today = clock.localInput(clock.now).slice(0, 10);
  return { first: termFrom > today ? termFrom : today, last: termUntil };
}

async function postPreview(web: Web, req: Request, res: Response, id: number | null): Promise<void> {
  const form = typedBlock(req.body);
  const version = versionIn(req);
  try {
    await showPreview(web, req, res, { form, id, version, refusal: null });
  } catch (error) {
    await showForm(web, res, form, refusalOf(error, res), { id, version });
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

/** Which version of the block was shown; null of a new one. */
export function versionIn(req: Request): number | null {
  const version = bodyText(req, 'version');
  return /^\d{1,9}$/.test(version) ? Number(version) : null;
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
    await showForm(web, res, form, refusal, { id, version });
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
  const changing = { id: idIn(req.params.id), version: versionIn(req) };
  await showForm(web, res, typedBlock(req.body), null, changing);
}
