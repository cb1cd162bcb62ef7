import type { Request, Response } from 'express';
import { wallClock } from '../../../domain/wall-clock.ts';
import type { SignedIn, TimesView } from '../../../services/views.ts';
import { type Clock, makeClock } from '../../clock.ts';
import { parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { FindForm, type Typed, typedIn } from './forms.ts';
import { findATimePage, hoursFrom, type Moment } from './pages.ts';

export const findATimeRoutes: readonly Route[] = [
  { method: 'get', path: '/find-a-time', who: 'reservation.create', handle: getTimes },
];

async function getTimes(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const images = await web.services.listImages(me);
  const asked = typedIn(req.query, { image: '', minutes: '', count: '1', from: todayOf(clock), at: '' });
  const image = images.find(({ name }) => name === asked.image) ?? images[0];
  const typed = { ...asked, image: asked.image || (image?.name ?? '') };
  const whole = { ...typed, minutes: typed.minutes || String(image?.usualMinutes ?? 60) };
  const { refusal, ...looked } = await look(web, me, whole, clock, res);
  const facts = { message: refusal?.message ?? null, fields: refusal?.fields ?? {}, ...looked };
  const page = findATimePage({ images, typed: whole, ...facts }, clock);
  sendPage(web, res, 'find-a-time/show', { title: 'Find a time', scripts: ['js/find-a-time.js'] }, page);
}

function todayOf({ now, zone }: Clock): string {
  return wallClock(now, zone).slice(0, 10);
}

interface Looked {
  readonly times: TimesView | null;
  readonly refusal: Refusal | null;
  readonly hours: (number | null)[][];
  /** Can it be had now, and at the time that was asked about? */
  readonly moments: readonly Moment[];
}

const nothing = { times: null, refusal: null, hours: [], moments: [] };

async function look(web: Web, me: SignedIn, typed: Typed, clock: Clock, res: Response): Promise<Looked> {
  if (typed.image === '') return nothing;
  try {
    const { from, at, ...wish } = parse(FindForm, typed);
    const hours = hoursFrom(from, clock.zone);
    const starts = hours
      .flat()
      .filter((start) => start !== null)
      .sort((a, b) => a - b);
    const times = await web.services.findTimes(me, { ...wish, starts });
    const asked = at === '' ? [null] : [null, clock.fromLocalInput(at)];
    const moments: Moment[] = [];
    for (const start of asked)
      moments.push({
        start,
        verdict: await web.services.verdict(me, { ...wish, start: start ?? undefined }),
      });
    return { times, refusal: null, hours, moments };
  } catch (error) {
    return { ...nothing, refusal: refusalOf(error, res) };
  }
}
