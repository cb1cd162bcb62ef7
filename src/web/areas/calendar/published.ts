/** `/ical/SECRET.ics`: a person's calendar for programs that read it again and again. Whoever has the address reads it. */

import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { calendarText } from '../../../domain/icalendar.ts';
import { timeNow } from '../../../lib/clock.ts';
import { sha256 } from '../../../lib/secrets.ts';
import type { PublishedCalendar } from '../../../services/views.ts';
import { Buckets } from '../../buckets.ts';
import type { Web } from '../../web.ts';
import { siteAddress } from '../environments/site-address.ts';
import { eventOf } from './event.ts';

/** Programs ask every quarter hour; several may read one calendar. */
const perAddress = new Buckets(30, 20_000);
/** Addresses that lead nowhere, by the network that asks for them. */
const misses = new Buckets(30, 10_000);

export async function getPublished(web: Web, req: Request, res: Response): Promise<void> {
  const secret = /^([\w-]{20,100})\.ics$/.exec(String(req.params.file))?.[1] ?? '';
  if (!perAddress.take(sha256(secret))) throw new LabError('calendar.slow-down');
  const found = await findCalendar(web, secret, req.ip ?? '');
  const name = `${web.config.siteName}: ${found.displayName}`;
  const events = found.entries.map((entry) => eventOf(entry, siteAddress(web, req)));
  // weak: two answers are the same though the moment at which they were written stands in them
  res.set('etag', `W/"${sha256(calendarText({ name, events, at: 0 })).slice(0, 32)}"`);
  res.set('cache-control', 'private, no-cache').removeHeader('set-cookie');
  res.type('text/calendar; charset=utf-8').send(calendarText({ name, events, at: timeNow() }));
}

async function findCalendar(web: Web, secret: string, network: string): Promise<PublishedCalendar> {
  try {
    return await web.services.publishedCalendar(secret);
  } catch (error) {
    const isMiss = error instanceof LabError && error.code === 'calendar.unknown';
    if (isMiss && !misses.take(network)) throw new LabError('calendar.slow-down');
    throw error;
  }
}
