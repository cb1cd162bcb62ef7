import type { Response } from 'express';
import { makeClock } from '../../clock.ts';
import { type Frame, type Head, makeFrame } from '../../frame.ts';
import type { Refusal } from '../../refusal.ts';
import { type Region, renderRegion, sendPage, versionsOf } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { reservationFacts } from './facts.ts';
import { type ReservationPage, reservationPage } from './pages.ts';

/** The parts of the page that change while it is looked at, in their order. */
export const regionNames = ['head', 'notices', 'steps', 'panel', 'controls', 'log'] as const;

export async function showReservation(
  web: Web,
  res: Response,
  id: number,
  refusal: Refusal | null = null,
): Promise<void> {
  const me = meOf(res);
  const facts = await reservationFacts(web, me, id);
  const page = reservationPage({ ...facts, refusal }, makeClock(me.timeZone));
  const head = headOf(page);
  const versions = versionsOf(regions(web, makeFrame(web, res, head), page));
  sendPage(web, res, 'reservations/show', head, { ...page, versions });
}

export function headOf(page: ReservationPage): Head {
  const moving = page.phase !== 'over';
  return {
    title: tabTitle(page),
    tabIcon: tabIcon(page),
    scripts: ['js/live.js', 'js/console.js', 'js/extend.js'],
    refresh: moving ? 10 : null,
  };
}

/** What the tab says while somebody looks elsewhere. */
function tabTitle({ phase, title, bar, state, capture }: ReservationPage): string {
  if (phase === 'usable') return `Ready: ${title}`;
  if (capture?.fraction != null) return `${Math.round(capture.fraction * 100)} % ${title}`;
  if (phase === 'loading' && bar?.value != null) return `${Math.round(bar.value * 100)} % ${title}`;
  return `${state.word}: ${title}`;
}

function tabIcon({ phase, state, bar }: ReservationPage): string {
  if (state.tone === 'bad') return 'failed';
  if (phase === 'usable') return 'ready';
  return phase === 'loading' ? `progress-${Math.round((bar?.value ?? 0) * 8)}` : 'idle';
}

export function regions(web: Web, frame: Frame, page: ReservationPage): Region[] {
  return regionNames.map((name) => renderRegion(web, frame, `reservations/${name}`, page));
}
