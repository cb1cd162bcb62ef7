import { type FoundRow, searchRows } from '../../../db/queries/search.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { HitView } from '../administration-views.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';
import { whoHadIt } from './who-had-it.ts';

const address = /^\[?[\w.:-]+\]?:\d{1,5}$/;

/** One box for everything: node, person, image, reservation number, or the address that somebody has now. */
export async function search(deps: ServiceDeps, me: SignedIn, typed: string): Promise<readonly HitView[]> {
  if (!may(me, 'search')) throw new LabError('not-allowed');
  const words = typed.trim().slice(0, 100);
  if (words === '') return [];
  const now = await reading(deps.db, async (reader) => reader.now);
  const had = address.test(words) ? await whoHadIt(deps, me, { address: words, at: now }) : [];
  const found = await reading(deps.db, (reader) => searchRows(reader, words));
  const holders = had.map(({ reservationId: id, image, user }) => hit('reservation', id, image, user.name));
  return [...holders, ...found.map(({ kind, id, name, detail }) => hit(kind, id, name, detail))];
}

function hit(kind: FoundRow['kind'], id: number, name: string, detail: string): HitView {
  return { kind, id, name, detail };
}
