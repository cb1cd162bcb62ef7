import { personRow } from '../../../db/queries/people-list.ts';
import { reservationsOfPerson } from '../../../db/queries/person-detail.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { disable, enable, remove } from '../../../db/repositories/people.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { isLive } from '../../domain/states.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Disabling } from '../people.ts';
import type { Once } from '../requests.ts';
import { endReservation } from '../reservations/change.ts';
import type { SignedIn } from '../views.ts';
import { administer, refuseOthers } from './guard.ts';

const mostReason = 300;

/**
 * Shuts somebody out: sessions, tokens, links and gateway refuse them from this transaction on, and no booking of theirs can follow
 * it. Then their reservations end, if that was wanted; each is told them as whenever an administrator ends one.
 */
export async function disablePerson(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  { reservations, reason = '' }: Disabling,
  once: Once = {},
): Promise<{ readonly ended: number }> {
  refuseOthers(me);
  if (reason.length > mostReason) throw invalid('reason', `At most ${mostReason} characters.`);
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      await bumpCounter(tx, `user:${id}`);
      const row = await personRow(tx, id);
      if (!row) throw new LabError('not-found');
      if (row.removed_at !== null) throw new LabError('person.removed');
      await doOnce(tx, me, once, ['disable', id, reservations, reason], async () => {
        if (row.disabled_at !== null) return null;
        await disable(tx, id);
        const data = { userId: id, name: row.name, reservations, ...(reason ? { reason } : {}) };
        await addEvent(tx, { kind: 'person.disabled', actorId: me.id, data });
        return null;
      });
    }),
  );
  return { ended: reservations === 'end' ? await endAll(deps, me, id, reason) : 0 };
}

async function endAll(deps: ServiceDeps, me: SignedIn, id: number, reason: string): Promise<number> {
  const ended = new Set<number>();
  for (;;) {
    const found = await reading(deps.db, (reader) => reservationsOfPerson(reader, id, 0));
    const open = found.filter((one) => isLive(one.state) && !ended.has(one.id));
    if (open.length === 0) return ended.size;
    for (const one of open) {
      await endReservation(deps, me, one.id, reason);
      ended.add(one.id);
    }
  }
}

/** Lets somebody in again; who was removed comes back in no group and without a password. */
export async function enablePerson(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<void> {
  refuseOthers(me);
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const row = await personRow(tx, id);
      if (!row) throw new LabError('not-found');
      await doOnce(tx, me, once, ['enable', id], async () => {
        if (row.disabled_at === null && row.removed_at === null) return null;
        await enable(tx, id);
        await addEvent(tx, { kind: 'person.enabled', actorId: me.id, data: { userId: id, name: row.name } });
        return null;
      });
    }),
  );
}

/** Takes somebody out for good: nothing they could come in with is left, and who they were stays in the history. */
export async function removePerson(deps: ServiceDeps, me: SignedIn, id: number): Promise<void> {
  refuseOthers(me);
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      // behind it no booking of theirs can be under way
      await bumpCounter(tx, `user:${id}`);
      const row = await personRow(tx, id);
      if (!row) throw new LabError('not-found');
      if (row.removed_at !== null) return;
      if (Number(row.live) > 0)
        throw new LabError('person.live', {
          detail: `${row.name} has ${row.live === 1 ? 'a reservation' : `${row.live} reservations`}. Wait for the end, or end ${row.live === 1 ? 'it' : 'them'} first.`,
        });
      await remove(tx, id);
      await addEvent(tx, { kind: 'person.removed', actorId: me.id, data: { userId: id, name: row.name } });
    }),
  );
  const row = await reading(deps.db, (reader) => personRow(reader, id));
  if (row) await deps.forgetFirstPassword?.(row.name);
}
