import type { Request, Response } from 'express';
import { calendarText } from '../../../domain/icalendar.ts';
import { timeNow } from '../../../lib/clock.ts';
import { idIn } from '../../input.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { eventOf } from '../calendar/event.ts';
import { siteAddress } from '../environments/site-address.ts';

/** One reservation as a file that calendars take (RFC 5545). Taken again, it replaces what was taken before. */
export async function getCalendar(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  const entry = await web.services.calendarEntry(meOf(res), id);
  const text = calendarText({ events: [eventOf(entry, siteAddress(web, req))], at: timeNow() });
  res.attachment(`reservation-${id}.ics`).type('text/calendar; charset=utf-8').send(text);
}
