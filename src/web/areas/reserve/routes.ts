import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { may } from '../../../domain/may.ts';
import type { ImageView, SignedIn, Verdict } from '../../../services/views.ts';
import { type Clock, makeClock } from '../../clock.ts';
import { makeFrame } from '../../frame.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { renderRegion, sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { nothingTyped, ReserveForm, sentenceOf, type Typed, timesIn, typedIn, WaitForm } from './forms.ts';
import { reservePage, verdictPanel } from './pages.ts';

export const reserveRoutes: readonly Route[] = [
  { method: 'get', path: '/reserve', who: 'reservation.create', handle: getReserve },
  { method: 'get', path: '/reserve/verdict', who: 'reservation.create', handle: getVerdict },
  {
    method: 'post',
    path: '/reserve',
    who: 'reservation.create',
    handle: postReserve,
    whenStale: reserveAgain,
  },
  { method: 'post', path: '/waitlist', who: 'reservation.create', handle: postWait, whenStale: reserveAgain },
  { method: 'post', path: '/waitlist/:id/leave', who: 'signed-in', handle: postLeave },
];

async function getReserve(web: Web, req: Request, res: Response): Promise<void> {
  await showForm(web, res, { source: req.query });
}

/** The same form, with what was typed and a fresh token. */
async function reserveAgain(web: Web, req: Request, res: Response): Promise<void> {
  await showForm(web, res, { source: req.body, stale: true });
}

interface Shown {
  readonly source: unknown;
  readonly refusal?: Refusal;
  readonly stale?: boolean;
}

async function showForm(web: Web, res: Response, { source, refusal, stale }: Shown): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const images = await web.services.listImages(me);
  const typed = typedIn(source, defaultsFor(images, source, clock));
  const asked = typed.image === '' ? null : await askVerdict(web, me, typed, clock);
  const verdict = refusal === undefined ? asked : verdictOf(refusal, asked);
  const facts = {
    ...{ images, typed, verdict, refusal: refusal ?? null, once: randomUUID() },
    mayImage: may(me, 'image.create'),
  };
  const page = reservePage(facts, clock);
  const head = { title: 'Reserve', scripts: ['js/reserve.js'] };
  sendPage(web, res, 'reserve/form', head, { ...page, stale: stale === true });
}

function defaultsFor(images: readonly ImageView[], source: unknown, clock: Clock): Typed {
  const name = (source as { image?: unknown } | undefined)?.image;
  const image = images.find((one) => one.name === name) ?? images[0];
  const nextHour = Math.ceil(clock.now / 3_600_000) * 3_600_000;
  const minutes = image?.usualMinutes ?? 60;
  return {
    ...nothingTyped,
    image: image?.name ?? '',
    minutes: String(minutes),
    start: clock.localInput(nextHour),
    end: clock.localInput(nextHour + minutes * 60_000),
  };
}

function askVerdict(web: Web, me: SignedIn, typed: Typed, clock: Clock): Promise<Verdict> {
  const { start, minutes, fields } = timesIn(typed, clock);
  if (Object.keys(fields).length > 0)
    return Promise.resolve({ ...noVerdict, text: sentenceOf(fields), code: 'input.invalid', fields });
  return web.services.verdict(me, { image: typed.image, minutes, start, imaging: typed.imaging });
}

const noVerdict: Verdict = {
  ...{ possible: false, text: '', readyAt: null, end: null, alternatives: [], fields: {} },
  ...{ code: null, free: null, machines: null, costs: null },
};

/** What was missing stands above the form and at its fields already: here is what would work. */
function verdictOf(refusal: Refusal, asked: Verdict | null): Verdict {
  const alternatives = refusal.alternatives.length > 0 ? refusal.alternatives : (asked?.alternatives ?? []);
  return { ...noVerdict, alternatives };
}

/** The part beside the form, while it is being filled in. */
async function getVerdict(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const typed = typedIn(req.query, nothingTyped);
  const verdict = verdictPanel(await askVerdict(web, me, typed, clock), typed, clock);
  const frame = makeFrame(web, res, { title: 'Reserve' });
  res.type('html').send(renderRegion(web, frame, 'reserve/verdict', { verdict }).html);
}

/** A place in the line; where it could be had after all, the form says so. */
async function postWait(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { image, minutes, askFirst } = parse(WaitForm, req.body);
    await web.services.wait(meOf(res), { image, minutes, askFirst: askFirst === '1' });
    res.redirect(303, saying('/', 'waits'));
  } catch (error) {
    await showForm(web, res, { source: req.body, refusal: refusalOf(error, res) });
  }
}

async function postLeave(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.leaveLine(meOf(res), idIn(req.params.id));
  res.redirect(303, '/');
}

async function postReserve(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  try {
    const form = parse(ReserveForm, req.body);
    const { image, once } = form;
    const { start, minutes, fields } = timesIn(typedIn(req.body, nothingTyped), makeClock(me.timeZone));
    if (Object.keys(fields).length > 0) throw new LabError('input.invalid', { fields });
    const imaging = form.imaging === '1';
    const made = await web.services.reserve(me, { image, minutes, start, imaging }, { idempotencyKey: once });
    res.redirect(303, `/reservations/${made.id}${form.open === undefined ? '' : '?open=terminal'}`);
  } catch (error) {
    await showForm(web, res, { source: req.body, refusal: refusalOf(error, res) });
  }
}
