import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { LabError } from '../../../domain/errors.ts';
import { may } from '../../../domain/may.ts';
import type { ImageView } from '../../../services/views.ts';
import { nameIn, parse } from '../../input.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { environmentCard, environmentPage, missingPage } from './pages.ts';
import { qrPicture } from './qr-picture.ts';
import { siteAddress } from './site-address.ts';

export const environmentRoutes: readonly Route[] = [
  { method: 'get', path: '/environments', who: 'signed-in', handle: getEnvironments },
  { method: 'get', path: '/environments/:name', who: 'signed-in', handle: getEnvironment },
  { method: 'get', path: '/start/:name', who: 'signed-in', handle: getStart },
];

const Search = z.object({ search: z.string().trim().max(100, 'At most 100 characters.').default('') });

async function getEnvironments(web: Web, req: Request, res: Response): Promise<void> {
  const { search } = parse(Search, req.query);
  const images = await web.services.listImages(meOf(res), { search: search === '' ? undefined : search });
  const page = { search, cards: images.map(environmentCard), once: randomUUID() };
  sendPage(web, res, 'environments/list', { title: 'Environments' }, page);
}

async function getEnvironment(web: Web, req: Request, res: Response): Promise<void> {
  const image = await findImage(web, req, res);
  if (image === null) return showMissing(web, req, res, 'environments');
  const link = `${siteAddress(web, req)}/start/${encodeURIComponent(image.name)}`;
  const page = environmentPage(image, link, qrPicture(link), randomUUID(), may(meOf(res), 'image.create'));
  sendPage(web, res, 'environments/show', { title: image.title }, page);
}

/** The launch link: whoever follows it signs in first, then presses one button. */
async function getStart(web: Web, req: Request, res: Response): Promise<void> {
  const image = await findImage(web, req, res);
  if (image === null) return showMissing(web, req, res, 'start');
  const page = { card: environmentCard(image), once: randomUUID() };
  sendPage(web, res, 'environments/start', { title: `Start ${image.title}`, shape: 'plain' }, page);
}

/** Null when there is none of that name for this person. */
async function findImage(web: Web, req: Request, res: Response): Promise<ImageView | null> {
  try {
    return await web.services.getImage(meOf(res), nameIn(req.params.name));
  } catch (error) {
    if (error instanceof LabError && missing.has(error.code)) return null;
    throw error;
  }
}

const missing: ReadonlySet<string> = new Set(['image.unknown', 'not-found']);

/** A link may be older than what it leads to: says which name it had, and what is there that is like it. */
async function showMissing(
  web: Web,
  req: Request,
  res: Response,
  way: 'environments' | 'start',
): Promise<void> {
  const page = missingPage(nameIn(req.params.name), await web.services.listImages(meOf(res)), way);
  sendPage(web, res.status(404), 'errors/show', { title: page.title }, page);
}
