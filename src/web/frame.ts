/** What stands around every page: name, ways to go, who is signed in. */

import type { Response } from 'express';
import { may } from '../domain/may.ts';
import { zoneFormat } from '../domain/wall-clock.ts';
import { clockRate, timeNow } from '../lib/clock.ts';
import type { SignedIn } from '../services/views.ts';
import { makeClock } from './clock.ts';
import { formToken } from './form-token.ts';
import { saidIn } from './said.ts';
import { visitOf } from './visit.ts';
import type { Web } from './web.ts';

/** What a page says about itself. */
export interface Head {
  readonly title: string;
  /** `app`: under the bar with the ways to go; `plain`: one column, nothing else; `bare`: the page fills the window. */
  readonly shape?: 'app' | 'plain' | 'bare';
  /** Modules in assets/js that this page needs besides app.js. */
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
  /** Without JavaScript the page loads itself again after so many seconds. */
  readonly refresh?: number | null;
  /** Name of the icon in the tab. */
  readonly tabIcon?: string;
}

interface Way {
  readonly href: string;
  readonly label: string;
  readonly here: boolean;
  /** How many are behind it, empty for none; null where that is nobody's question. */
  readonly count: string | null;
}

export interface Frame {
  readonly siteName: string;
  readonly sendsMail: boolean;
  readonly assets: string;
  readonly icons: ReadonlySet<string>;
  readonly csrf: string;
  readonly now: number;
  /** How many times as fast as the reader's the server's clock goes. */
  readonly rate: number;
  /** What it shows, where it is a simulated one; else null. */
  readonly simulated: { readonly text: string; readonly zone: string } | null;
  readonly me: { readonly name: string; readonly initial: string } | null;
  readonly ways: readonly Way[];
  readonly said: string | null;
  readonly maySearch: boolean;
  readonly head: Required<Head>;
}

export function makeFrame(web: Web, res: Response, head: Head): Frame {
  const { me, secret, attention } = visitOf(res);
  const path = res.req.path;
  return {
    siteName: web.config.siteName,
    sendsMail: web.config.sendsMail,
    assets: web.assets.root,
    icons: web.assets.icons,
    csrf: formToken(secret, me?.id),
    now: timeNow(),
    rate: clockRate(),
    simulated: clockRate() === 1 ? null : simulatedNow(me),
    me:
      me === null
        ? null
        : { name: me.displayName, initial: (me.displayName || me.name).slice(0, 1).toUpperCase() },
    ways: waysFor(me).map((way) => ({
      ...way,
      here: isHere(way.href, path),
      count: way.href === '/attention' ? countText(attention) : null,
    })),
    said: saidIn(res.req.query),
    maySearch: me !== null && !me.mustChangePassword && may(me, 'search'),
    head: { shape: 'app', scripts: [], styles: [], refresh: null, tabIcon: 'idle', ...head },
  };
}

/** As `[data-clock]` in counting.js goes on writing it. */
function simulatedNow(me: SignedIn | null): { text: string; zone: string } {
  const now = timeNow();
  const { zone } = makeClock(me?.timeZone ?? null, now);
  const shown = zoneFormat(zone, {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit' },
  });
  return { text: shown.format(now), zone };
}

/** Beside a way in the bar: "3", "99+"; empty for none. */
export function countText(count: number): string {
  if (count === 0) return '';
  return count > 99 ? '99+' : String(count);
}

function waysFor(me: SignedIn | null): { href: string; label: string }[] {
  if (me === null || me.mustChangePassword) return [];
  const ways = [
    { href: '/', label: 'Home' },
    { href: '/environments', label: 'Environments' },
    { href: '/reservations', label: 'Reservations' },
  ];
  // administrators find them beside people and groups
  if (may(me, 'course.manage') && !may(me, 'user.manage')) ways.push({ href: '/courses', label: 'Courses' });
  if (may(me, 'image.create')) ways.push({ href: '/images', label: 'Images' });
  if (may(me, 'attention.read')) ways.push({ href: '/attention', label: 'Needs attention' });
  if (may(me, 'node.read')) ways.push({ href: '/nodes', label: 'Nodes' });
  else if (may(me, 'pool.read')) ways.push({ href: '/pools', label: 'Pools' });
  if (may(me, 'user.manage')) ways.push({ href: '/people', label: 'People' });
  if (may(me, 'task.read')) ways.push({ href: '/tasks', label: 'Work' });
  return ways;
}

function isHere(href: string, path: string): boolean {
  if (href === '/nodes' && /^\/(pools|schedules|maintenance|timeline)/.test(path)) return true;
  if (href === '/reservations' && /^\/(calendar|servers)/.test(path)) return true;
  if (href === '/courses' && path.startsWith('/blocks')) return true;
  if (href === '/people' && /^\/(groups|courses|blocks)/.test(path)) return true;
  if (href === '/tasks' && /^\/(events|loads|prediction|waitlist|who-had-it)/.test(path)) return true;
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
