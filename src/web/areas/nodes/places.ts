import type { Request, Response } from 'express';
import { invalid } from '../../../domain/errors.ts';
import { placeOf } from '../../../domain/rack-place.ts';
import type { NodePlace, NodeView } from '../../../services/views.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { saying } from '../../said.ts';
import { bodyText } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import type { PlacesPage } from './places-page.ts';

const most = 1_000;

export async function getPlaces(web: Web, req: Request, res: Response): Promise<void> {
  const wanted = typeof req.query.node === 'string' ? req.query.node : '';
  const all = { sort: 'name', descending: false, offset: 0, limit: most } as const;
  const { items } = await web.services.findNodes(meOf(res), { ...all, filter: { search: wanted } });
  const shown = wanted === '' ? items : items.filter(({ name }) => name === wanted);
  show(web, res, textOf(shown), null);
}

export async function postPlaces(web: Web, req: Request, res: Response): Promise<void> {
  const text = bodyText(req, 'places', 1_000_000);
  try {
    await web.services.placeNodes(meOf(res), placesIn(text));
    res.redirect(303, saying('/nodes/racks', 'saved'));
  } catch (error) {
    show(web, res, text, refusalOf(error, res));
  }
}

function show(web: Web, res: Response, text: string, refusal: Refusal | null): void {
  const page: PlacesPage = { text, lines: Math.min(24, Math.max(6, text.split('\n').length + 1)), refusal };
  sendPage(web, res, 'nodes/places', { title: 'Places' }, page);
}

function textOf(nodes: readonly NodeView[]): string {
  return nodes.map(({ name, rack, unit }) => `${name}, ${rack ?? ''}, ${unit ?? ''}`).join('\n');
}

/** `lab07, A3, 12` in each line, or what a spreadsheet pastes. Throws LabError naming the first line that is none. */
export function placesIn(text: string): NodePlace[] {
  const places = text.split(/\r?\n/).flatMap((line, index) => {
    const [node = '', rack, unit, ...rest] = line.split(/[,;\t]/).map((cell) => cell.trim());
    if (line.trim() === '') return [];
    if (node === '' || rest.some((cell) => cell !== ''))
      throw invalid('places', `Line ${index + 1}: write the machine, its rack and its unit.`);
    return [{ node, ...placeOf({ rack, unit }) }];
  });
  if (places.length === 0) throw invalid('places', 'Write a line for each machine.');
  if (places.length > most)
    throw invalid('places', `These are ${places.length} lines: at most ${most} at once.`);
  return places;
}
