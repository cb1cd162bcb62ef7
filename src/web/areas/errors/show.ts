import type { Request, Response } from 'express';
import { sendPage } from '../../render.ts';
import { visitOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { errorPage, type Failure, stalePage } from './pages.ts';

export function showError(web: Web, res: Response, failure: Failure): void {
  const { me } = visitOf(res);
  const page = errorPage(failure, me !== null);
  res.status(failure.status);
  sendPage(web, res, 'errors/show', { title: page.title, shape: me === null ? 'plain' : 'app' }, page);
}

export function showStale(web: Web, req: Request, res: Response): void {
  sendPage(web, res, 'errors/stale', { title: 'Open for too long' }, stalePage(req.path, req.body));
}
