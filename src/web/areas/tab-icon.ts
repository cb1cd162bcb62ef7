/** The icon in the tab: how far a machine has got, also while somebody looks elsewhere. */
import type { Request, Response } from 'express';
import { LabError } from '../../domain/errors.ts';
import type { Route } from '../route.ts';
import type { Web } from '../web.ts';

export const tabIconRoutes: readonly Route[] = [
  { method: 'get', path: '/tab-icon/:name', who: 'open', handle: getTabIcon },
];

const ring = 2 * Math.PI * 13;

function getTabIcon(_web: Web, req: Request, res: Response): void {
  const drawing = draw(String(req.params.name));
  if (drawing === null) throw new LabError('not-found');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${drawing}</svg>`;
  res.set('cache-control', 'public, max-age=86400').type('image/svg+xml').send(svg);
}

function draw(name: string): string | null {
  if (name === 'idle.svg') return `${disc('#b9832f')}${stroke('M11 9v13h10', '#fff')}`;
  if (name === 'ready.svg') return `${disc('#12794f')}${stroke('M9.5 16.5l4.5 4.5 8.5-9.5', '#fff')}`;
  if (name === 'failed.svg') return `${disc('#c0352b')}${stroke('M16 8.5v9M16 23v.5', '#fff')}`;
  const eighths = /^progress-([0-8])\.svg$/.exec(name)?.[1];
  return eighths === undefined ? null : progress(Number(eighths));
}

function disc(colour: string): string {
  return `<circle cx="16" cy="16" r="15" fill="${colour}"/>`;
}

function stroke(path: string, colour: string): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function progress(eighths: number): string {
  const circle = 'cx="16" cy="16" r="13" fill="none" stroke-width="5"';
  const dash = `stroke-dasharray="${((ring * eighths) / 8).toFixed(1)} ${ring.toFixed(1)}" transform="rotate(-90 16 16)"`;
  return `<circle ${circle} stroke="#8888" /><circle ${circle} stroke="#b9832f" ${dash}/>`;
}
