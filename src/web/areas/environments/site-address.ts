import type { Request } from 'express';
import type { Web } from '../../web.ts';

/** The site's address as the person sees it: for links that are passed on. */
export function siteAddress(web: Web, req: Request): string {
  return web.config.publicUrl ?? `${req.protocol}://${req.get('host') ?? 'localhost'}`;
}
