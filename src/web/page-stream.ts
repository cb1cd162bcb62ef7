import type { Request, Response } from 'express';
import { may } from '../domain/may.ts';
import { countText } from './frame.ts';
import { openStream, type StreamSource } from './stream.ts';
import { meOf } from './visit.ts';
import type { Web } from './web.ts';

/** The stream of a page: what it sends, and for those who see it the number in the bar beside *Needs attention*. */
export async function openPageStream(
  web: Web,
  req: Request,
  res: Response,
  { watch, send }: StreamSource,
): Promise<void> {
  const me = meOf(res);
  if (!may(me, 'attention.read')) return openStream(req, res, { watch, send });
  await openStream(req, res, {
    watch: async (changed) => [...(await watch(changed)), await web.services.watchAttention(me, changed)],
    async send(stream) {
      const attention = countText(await web.services.countAttention(me));
      return send({
        write: ({ data, ...message }) =>
          stream.write({ ...message, data: { ...(data as object), attention } }),
      });
    },
  });
}
