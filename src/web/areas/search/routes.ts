import type { Request, Response } from 'express';
import type { NodeState } from '../../../domain/states.ts';
import type { HitView } from '../../../services/administration-views.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { nodeStateWords } from '../nodes/node-words.ts';
import type { SearchPage } from './pages.ts';

export const searchRoutes: readonly Route[] = [
  { method: 'get', path: '/search', who: 'search', handle: getSearch },
];

const kinds: Readonly<
  Record<
    HitView['kind'],
    { icon: string; word: string; href: (hit: HitView) => string; says?: (detail: string) => string }
  >
> = {
  reservation: { icon: 'calendar', word: 'Reservation', href: ({ id }) => `/reservations/${id}` },
  node: { icon: 'machine', word: 'Node', href: ({ id }) => `/nodes/${id}`, says: stateWord },
  person: { icon: 'user', word: 'Person', href: ({ id }) => `/people/${id}` },
  image: { icon: 'layers', word: 'Image', href: ({ name }) => `/environments/${encodeURIComponent(name)}` },
};

function stateWord(state: string): string {
  return nodeStateWords[state as NodeState].word;
}

/** So many of one kind are found at most: there may be more. */
const mostOfAKind = 10;

/** Straight to the one hit, else what there is. */
async function getSearch(web: Web, req: Request, res: Response): Promise<void> {
  const asked = typeof req.query.q === 'string' ? req.query.q.trim().slice(0, 100) : '';
  const found = await web.services.search(meOf(res), asked);
  const hits = found.map((hit) => {
    const { icon, word, href, says } = kinds[hit.kind];
    const name = hit.kind === 'reservation' ? `${hit.id}: ${hit.name}` : hit.name;
    return { icon, kind: word, href: href(hit), name, detail: says?.(hit.detail) ?? hit.detail };
  });
  const [only] = hits;
  if (only && hits.length === 1) return res.redirect(303, only.href);
  const isFull = found.filter(({ kind }) => kind === 'node').length >= mostOfAKind;
  const allNodes = isFull ? `/nodes?search=${encodeURIComponent(asked)}` : null;
  sendPage(web, res, 'search/show', { title: 'Search' }, { asked, allNodes, hits } satisfies SearchPage);
}
