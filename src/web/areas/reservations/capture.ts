import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { CaptureRequest } from '../../../services/services.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import type { TypedCapture } from './capture-page.ts';

const text = z.string().max(2000, 'Much too long.').default('');
const CaptureForm = z.object({
  as: z.enum(['new', 'revision'], 'Please choose.'),
  ...{ title: text, name: text, revisionOf: text, comment: text },
  after: z.enum(['end', 'go-on'], 'Please choose.'),
  once: z.string().max(100).optional(),
});

export async function getCapture(web: Web, req: Request, res: Response): Promise<void> {
  await showForm(web, req, res, null);
}

export async function postCapture(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    const form = parse(CaptureForm, req.body);
    await web.services.capture(meOf(res), id, requestOf(form), { idempotencyKey: form.once });
    res.redirect(303, `/reservations/${id}`);
  } catch (error) {
    await showForm(web, req, res, refusalOf(error, res));
  }
}

function requestOf(form: z.output<typeof CaptureForm>): CaptureRequest {
  const { title, revisionOf, comment } = form;
  const goOn = form.after === 'go-on';
  if (form.as === 'revision') return { revisionOf, comment, goOn };
  const name = form.name.trim();
  return { title, ...(name === '' ? {} : { name }), comment, goOn };
}

async function showForm(web: Web, req: Request, res: Response, refusal: Refusal | null): Promise<void> {
  const me = meOf(res);
  const reservation = await web.services.getReservation(me, idIn(req.params.id));
  const href = `/reservations/${reservation.id}`;
  if (!reservation.can.capture || reservation.user.id !== me.id) return res.redirect(303, href);
  const { items } = await web.services.listLibrary(me, { limit: 1000 });
  const images = items.filter((image) => image.mayManage && image.goneAt === null);
  const own = images.some((image) => image.name === reservation.image.name);
  const page = {
    ...{ href, title: reservation.image.title, images, once: randomUUID() },
    typed: typedIn(req.body, own ? reservation.image.name : null),
    message: refusal?.message ?? null,
    fields: refusal?.fields ?? {},
  };
  const head = { title: `Capture ${page.title}`, scripts: ['js/capture.js'] };
  sendPage(web, res, 'reservations/capture', head, page);
}

/** A machine of one's own image is most often its next revision. */
function typedIn(body: unknown, own: string | null): TypedCapture {
  const from = (body ?? {}) as Record<string, unknown>;
  const typed = (name: string) => (typeof from[name] === 'string' ? from[name].slice(0, 2000) : '');
  const as = typed('as') || (own === null ? 'new' : 'revision');
  return {
    as: as === 'revision' ? 'revision' : 'new',
    ...{ title: typed('title'), name: typed('name'), comment: typed('comment') },
    revisionOf: typed('revisionOf') || (own ?? ''),
    after: typed('after') === 'end' ? 'end' : 'go-on',
  };
}
