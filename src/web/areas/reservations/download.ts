import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { idIn } from '../../input.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';

/**
 * A file (`path`), or a folder as an archive (`archive`, `.` for the home), at an address that stays good: a browser goes on
 * with a broken download by asking for the same one again, and a ticket is good once. What names there may be, the gateway
 * judges: a person's files may be called anything.
 */
export async function getDownload(web: Web, req: Request, res: Response): Promise<void> {
  const { path, archive } = req.query;
  const wanted =
    typeof path === 'string' ? { path } : { archive: typeof archive === 'string' ? archive : '.' };
  const machine = typeof req.query.machine === 'string' ? req.query.machine : null;
  const id = idIn(req.params.id);
  const ticket = await web.services.ticket(meOf(res), id, 'files', req.ip ?? '', machine);
  req.url = `/gateway/files?${new URLSearchParams({ ticket, ...wanted }).toString()}`;
  if (web.gateway?.handle(req, res) !== true) throw new LabError('not-found');
}
