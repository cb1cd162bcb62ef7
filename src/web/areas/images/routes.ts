import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { imagingMinutes } from '../../../domain/limits.ts';
import { timeNow } from '../../../lib/clock.ts';
import type { SignedIn } from '../../../services/views.ts';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { makeFrame } from '../../frame.ts';
import { idIn, nameIn, parse } from '../../input.ts';
import { askedList } from '../../list.ts';
import { openPageStream } from '../../page-stream.ts';
import { refusalOf } from '../../refusal.ts';
import { renderRegion, sendPage } from '../../render.ts';
import type { Handler, Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { CommentForm, MembersForm, PropertiesForm, PublicationForm } from './forms.ts';
import { type FormName, type ImageFacts, imagePage, revisionsRegion } from './image-page.ts';
import { libraryCells, libraryHeads, libraryList, libraryPage } from './library-page.ts';

const one = '/images/:name';
const revision = `${one}/revisions/:number`;
const who = 'image.create' as const;

/** Which of them this person manages, the services ask. */
export const imageRoutes: readonly Route[] = [
  { method: 'get', path: '/images', who, handle: getLibrary },
  { method: 'get', path: one, who, handle: getImage },
  { method: 'get', path: `${one}/events`, who, handle: getEvents },
  { method: 'get', path: `${one}/delete`, who, handle: getConfirmDelete },
  { method: 'post', path: one, who, handle: change('properties', 'image-changed', edit) },
  { method: 'post', path: `${one}/members`, who, handle: change('members', 'image-changed', setMembers) },
  { method: 'post', path: `${one}/publication`, who, handle: change('publication', 'published', publish) },
  { method: 'post', path: `${one}/delete`, who, handle: postDelete },
  { method: 'post', path: `${one}/restore`, who, handle: postRestore },
  { method: 'post', path: `${revision}/test`, who, handle: postTest },
  { method: 'post', path: `${revision}/comment`, who, handle: change('revision', 'commented', comment) },
  {
    method: 'post',
    path: `${revision}/production`,
    who,
    handle: change('revision', null, (web, me, name, req) =>
      web.services.makeProduction(me, name, idIn(req.params.number)),
    ),
  },
  {
    method: 'post',
    path: `${revision}/delete`,
    who,
    handle: change('revision', 'revision-deleted', (web, me, name, req) =>
      web.services.removeRevision(me, name, idIn(req.params.number)),
    ),
  },
  {
    method: 'post',
    path: `${revision}/restore`,
    who,
    handle: change('revision', 'revision-restored', (web, me, name, req) =>
      web.services.restoreRevision(me, name, idIn(req.params.number)),
    ),
  },
];

async function getLibrary(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(libraryList, req.query);
  const library = await web.services.listLibrary(me, { ...asked, search: asked.filter.search });
  if (asked.csv) return sendCsv(res, 'images', libraryHeads, library.items.map(libraryCells));
  const page = libraryPage(asked, library, makeClock(me.timeZone));
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'images/list', { title: 'Images' }, page);
}

async function getImage(web: Web, req: Request, res: Response): Promise<void> {
  await showImage(web, res, nameIn(req.params.name));
}

async function showImage(
  web: Web,
  res: Response,
  name: string,
  refused?: ImageFacts['refused'],
): Promise<void> {
  const me = meOf(res);
  const [image, revisions, groups, machines, environments] = await Promise.all([
    web.services.imageProperties(me, name),
    web.services.listRevisions(me, name),
    web.services.listGroupNames(me),
    machinesFor(web, me, name),
    web.services.listImages(me),
  ]);
  const facts = {
    image,
    revisions,
    groups,
    machines,
    environments,
    icons: web.assets.icons,
    once: randomUUID(),
  };
  const page = imagePage({ ...facts, ...(refused ? { refused } : {}) }, makeClock(me.timeZone));
  const head = { title: image.title, scripts: ['js/live.js'] };
  const { version } = renderRegion(web, makeFrame(web, res, head), 'images/revisions', page);
  sendPage(web, res, 'images/show', head, { ...page, version });
}

/** How many machines have what it needs; null where it cannot be reserved by this person. */
async function machinesFor(web: Web, me: SignedIn, name: string): Promise<number | null> {
  try {
    return (await web.services.getImage(me, name)).machines;
  } catch (error) {
    if (error instanceof LabError && error.code === 'image.unknown') return null;
    throw error;
  }
}

/** The revisions again, whenever one of them has changed. */
async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const name = nameIn(req.params.name);
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchImage(me, name, changed)],
    async send(stream) {
      const image = await web.services.imageProperties(me, name);
      const revisions = await web.services.listRevisions(me, name);
      const region = revisionsRegion(image, revisions, makeClock(me.timeZone));
      const frame = makeFrame(web, res, { title: image.title });
      const regions = [renderRegion(web, frame, 'images/revisions', region)];
      stream.write({ data: { now: timeNow(), regions } });
      return true;
    },
  });
}

type Change = (web: Web, me: SignedIn, name: string, req: Request) => Promise<unknown>;

/** Calls one service and goes back to the image; a refusal is shown at its form. */
function change(form: FormName, said: Said | null, call: Change): Handler {
  return async (web, req, res) => {
    const name = nameIn(req.params.name);
    const page = `/images/${encodeURIComponent(name)}`;
    try {
      await call(web, meOf(res), name, req);
      res.redirect(303, said === null ? page : saying(page, said));
    } catch (error) {
      await showImage(web, res, name, { form, refusal: refusalOf(error, res), typed: req.body });
    }
  };
}

async function edit(web: Web, me: SignedIn, name: string, req: Request): Promise<void> {
  await web.services.editImage(me, name, parse(PropertiesForm, req.body));
}

async function setMembers(web: Web, me: SignedIn, name: string, req: Request): Promise<void> {
  await web.services.editImage(me, name, parse(MembersForm, req.body));
}

async function publish(web: Web, me: SignedIn, name: string, req: Request): Promise<void> {
  await web.services.publishImage(me, name, parse(PublicationForm, req.body));
}

async function comment(web: Web, me: SignedIn, name: string, req: Request): Promise<void> {
  await web.services.commentRevision(me, name, idIn(req.params.number), parse(CommentForm, req.body).comment);
}

/** *Test*: a machine with that revision, to look at before it is given to others. */
async function postTest(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const image = nameIn(req.params.name);
  const number = idIn(req.params.number);
  try {
    const asked = { image, minutes: imagingMinutes, imaging: true, revision: number };
    const once = typeof req.body?.once === 'string' ? `${req.body.once.slice(0, 60)}-${number}` : undefined;
    const { id } = await web.services.reserve(me, asked, { idempotencyKey: once });
    res.redirect(303, `/reservations/${id}`);
  } catch (error) {
    await showImage(web, res, image, { form: 'revision', refusal: refusalOf(error, res), typed: {} });
  }
}

async function getConfirmDelete(web: Web, req: Request, res: Response): Promise<void> {
  const { name, title } = await web.services.imageProperties(meOf(res), nameIn(req.params.name));
  const href = `/images/${encodeURIComponent(name)}`;
  const question = `Delete ${title}?`;
  const page = { question, lost: lostByDeleting, action: `${href}/delete`, button: 'Delete it', back: href };
  sendPage(web, res, 'reservations/confirm', { title: question }, page);
}

const lostByDeleting =
  'Nobody can reserve it any more. For seven days it can be restored; then its files are removed.';

async function postRestore(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.restoreImage(meOf(res), nameIn(req.params.name));
  res.redirect(303, saying('/images', 'image-restored'));
}

async function postDelete(web: Web, req: Request, res: Response): Promise<void> {
  const name = nameIn(req.params.name);
  try {
    await web.services.removeImage(meOf(res), name);
    res.redirect(303, saying('/images', 'image-deleted'));
  } catch (error) {
    await showImage(web, res, name, { form: 'revision', refusal: refusalOf(error, res), typed: {} });
  }
}
