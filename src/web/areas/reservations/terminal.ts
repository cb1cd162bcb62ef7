import type { Request, Response } from 'express';
import { mainName } from '../../../domain/cluster.ts';
import { timeNow } from '../../../lib/clock.ts';
import { timeLeft } from '../../assets/js/words.js';
import { idIn } from '../../input.ts';
import { withInlineStyles } from '../../middleware/security-headers.ts';
import { sendPage } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { reservationFacts } from './facts.ts';

const policy = 'content-security-policy';

/**
 * The terminal fills the window. `?renderer=dom` is where its script goes in a browser without WebGL: on that address
 * alone styles may be written into the page.
 */
export async function getTerminal(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const { reservation, connection, extension } = await reservationFacts(web, me, idIn(req.params.id));
  if (!reservation.can.connect) return res.redirect(303, `/reservations/${reservation.id}`);
  if (req.query.renderer === 'dom') res.set(policy, withInlineStyles(String(res.get(policy))));
  const { id, image, server, end, minutes } = reservation;
  const title = server?.name ?? image.title;
  const left = server?.openEnded ? null : timeLeft(end - timeNow());
  const machine = typeof req.query.machine === 'string' ? req.query.machine : null;
  const methods = connection?.methods ?? [];
  const way = machine === null ? methods[0] : methods.find((method) => method.machine === machine);
  if (connection && !way) return res.redirect(303, `/reservations/${reservation.id}`);
  const command = way?.command ?? null;
  const most = extension?.mostMinutes ?? 0;
  const page = {
    ...{ id, title, imageName: image.name, minutes, again: server === null },
    end,
    left,
    most,
    command,
    machine: reservation.machines.length > 0 ? (machine ?? mainName) : null,
  };
  const head = {
    title: page.machine === null ? title : `${page.machine}, ${title}`,
    shape: 'bare',
    scripts: ['js/terminal.js'],
    styles: ['vendor/xterm.css'],
    tabIcon: 'ready',
  } as const;
  sendPage(web, res, 'reservations/terminal', head, page);
}
