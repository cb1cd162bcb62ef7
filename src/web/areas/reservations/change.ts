import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ChangeRequest } from '../../../services/services.ts';
import type { ReservationView } from '../../../services/views.ts';
import { type Clock, makeClock } from '../../clock.ts';
import { bookedMinutesField, minutesIn } from '../../fields.ts';
import { makeFrame } from '../../frame.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { renderRegion, sendPage } from '../../render.ts';
import { saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { changePage, changeVerdict, type TypedChange } from './change-page.ts';
import { showReservation } from './show.ts';

const ChangeForm = z.object({
  image: z.string('Please choose an environment.').min(1, 'Please choose an environment.').max(200),
  start: z.string('must be a date and a time.').max(40, 'must be a date and a time.'),
  minutes: bookedMinutesField,
  version: z.string().max(100).optional(),
});

export async function getChange(web: Web, req: Request, res: Response): Promise<void> {
  await showForm(web, res, idIn(req.params.id), { source: req.query });
}

/** The same form, with what was typed and a fresh token. */
export async function changeAgain(web: Web, req: Request, res: Response): Promise<void> {
  await showForm(web, res, idIn(req.params.id), { source: req.body });
}

export async function postChange(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const id = idIn(req.params.id);
  try {
    const { version, ...form } = parse(ChangeForm, req.body);
    const reservation = await web.services.getReservation(me, id);
    const request = requestOf(
      { ...form, minutes: String(form.minutes) },
      reservation,
      makeClock(me.timeZone),
    );
    await web.services.changeBooking(me, id, { ...request, version });
    res.redirect(303, saying(`/reservations/${id}`, 'changed'));
  } catch (error) {
    await showForm(web, res, id, { source: req.body, refusal: refusalOf(error, res) });
  }
}

/** The part beside the form, while it is being filled in. */
export async function getChangeVerdict(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const id = idIn(req.params.id);
  const clock = makeClock(me.timeZone);
  const reservation = await web.services.getReservation(me, id);
  const typed = typedIn(req.query, reservation, clock);
  const verdict = await web.services.changeVerdict(me, id, requestOf(typed, reservation, clock));
  const frame = makeFrame(web, res, { title: 'Change' });
  const region = changeVerdict(id, typed, verdict, clock);
  res.type('html').send(renderRegion(web, frame, 'reservations/change-verdict', region).html);
}

interface Shown {
  readonly source: unknown;
  readonly refusal?: Refusal;
}

async function showForm(web: Web, res: Response, id: number, { source, refusal }: Shown): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const reservation = await web.services.getReservation(me, id);
  if (!reservation.can.change && refusal) return showReservation(web, res, id, refusal);
  if (!reservation.can.change) return res.redirect(303, `/reservations/${id}`);
  const images = await web.services.listImages(me);
  const typed = typedIn(source, reservation, clock);
  const verdict = await web.services.changeVerdict(me, id, requestOf(typed, reservation, clock));
  const facts = {
    reservation,
    images,
    typed,
    verdict,
    refusal: refusal ?? null,
    version: reservation.version,
  };
  const page = changePage(facts, clock);
  sendPage(
    web,
    res,
    'reservations/change',
    { title: `Change ${page.title}`, scripts: ['js/reserve.js'] },
    page,
  );
}

/** What it is, where nothing else was typed. */
function typedIn(source: unknown, { image, start, minutes }: ReservationView, clock: Clock): TypedChange {
  const from = (source ?? {}) as Record<string, unknown>;
  const text = (name: string, otherwise: string) => {
    const value = from[name];
    return typeof value === 'string' ? value.slice(0, 200) : otherwise;
  };
  return {
    image: text('image', image.name),
    start: text('start', clock.localInput(start)),
    minutes: text('minutes', String(minutes)),
  };
}

/** The form knows starts to the minute: one that was not touched stays as it is. */
function requestOf(typed: TypedChange, { image, start }: ReservationView, clock: Clock): ChangeRequest {
  const stays = typed.start === clock.localInput(start);
  return {
    image: typed.image === image.name ? undefined : typed.image,
    start: stays ? undefined : clock.fromLocalInput(typed.start),
    minutes: minutesIn(typed.minutes) ?? Number.NaN,
  };
}
