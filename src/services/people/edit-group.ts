import { groupRow, groupRows, serversOfGroup } from '../../../db/queries/groups.ts';
import { addGroup as insertGroup } from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { changeGroup, deleteGroup as removeGroup } from '../../../db/repositories/people.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { skeleton, titleFault } from '../../domain/image-names.ts';
import { horizonDays, type Limits, minimumMinutes, mostMinutes, usualLimits } from '../../domain/limits.ts';
import type { Role } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { GroupChanges } from '../people.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { limitsOf, whatHangs } from './groups.ts';
import { administer, refuseOthers } from './guard.ts';
import { refuseFaults } from './rules.ts';

const mostName = 60;
const most = 10_000;
/** VCL's four and two of ours: least and most (vcl.md 1.11; shorter than VCL's half hour, as our bookings may be). */
const bounds: Readonly<Record<keyof Limits, readonly [least: number, most: number, unit: string]>> = {
  initialMinutes: [minimumMinutes, mostMinutes, 'minutes'],
  totalMinutes: [minimumMinutes, mostMinutes, 'minutes'],
  extendMinutes: [0, mostMinutes, 'minutes'],
  overlap: [1, most, 'at once'],
  daysAhead: [0, horizonDays, 'days'],
  upcoming: [0, most, 'bookings'],
  servers: [0, most, 'servers'],
};

/** Whoever teaches a course puts people into its group: that must give nobody a role. */
const courseOfUsers = 'It is a course: its people are ordinary users.';

interface Group {
  readonly name: string;
  readonly role: Role;
  readonly limits: Limits;
}

/** Adds a group: of users and without limits unless told. */
export async function addGroup(
  deps: ServiceDeps,
  me: SignedIn,
  wish: GroupChanges & { readonly name: string },
  once: Once = {},
): Promise<{ readonly id: number }> {
  refuseOthers(me);
  const group = merged({ name: '', role: 'user', limits: usualLimits }, wish);
  return inTransaction(deps.db, async (tx) => {
    const done = await administer(tx, me, () =>
      doOnce(tx, me, once, ['add-group', JSON.stringify(wish)], async () => {
        await refuseAlike(tx, group.name);
        const id = await insertGroup(tx, group.name, group.role, group.limits);
        await addEvent(tx, { kind: 'group.added', actorId: me.id, data: { groupId: id, ...group } });
        return id;
      }),
    );
    return { id: done.id };
  });
}

/** Changes a group; who saves second is told, and nothing of theirs is applied. */
export async function editGroup(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: GroupChanges,
): Promise<void> {
  refuseOthers(me);
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const row = await groupRow(tx, id);
      if (!row) throw new LabError('not-found');
      const group = merged({ name: row.name, role: row.role, limits: limitsOf(row) }, changes);
      if (group.role !== 'user' && Number(row.courses) === 1) throw invalid('role', courseOfUsers);
      if (group.name !== row.name) await refuseAlike(tx, group.name, id);
      if (!(await changeGroup(tx, id, changes.version ?? row.version, group)))
        throw new LabError('changed-meanwhile');
      await addEvent(tx, { kind: 'group.changed', actorId: me.id, data: { groupId: id, ...group } });
    }),
  );
}

/** Deletes a group on which nothing hangs; what does is said. */
export async function deleteGroup(deps: ServiceDeps, me: SignedIn, id: number): Promise<void> {
  refuseOthers(me);
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const row = await groupRow(tx, id);
      if (!row) throw new LabError('not-found');
      const hangs = whatHangs(row, await serversOfGroup(tx, id));
      if (hangs !== null) throw new LabError('group.in-use', { detail: `${hangs} Change that first.` });
      await removeGroup(tx, id);
      await addEvent(tx, { kind: 'group.deleted', actorId: me.id, data: { groupId: id, name: row.name } });
    }),
  );
}

/** Throws input.invalid naming every wrong field. */
function merged(group: Group, changes: GroupChanges): Group {
  const given = Object.entries(changes.limits ?? {}).filter(([, value]) => value !== undefined);
  const limits: Limits = { ...group.limits, ...Object.fromEntries(given) };
  const next = { name: changes.name?.trim() ?? group.name, role: changes.role ?? group.role, limits };
  const fields: Record<string, string> = {};
  const fault = changes.name === undefined ? null : nameFault(next.name);
  if (fault !== null) fields.name = fault;
  for (const [name, [least, largest, unit]] of Object.entries(bounds)) {
    const value = limits[name as keyof Limits];
    if (value !== null && (!Number.isInteger(value) || value < least || value > largest))
      fields[name] = `A whole number from ${least} to ${largest} ${unit}; empty: no limit.`;
  }
  const { initialMinutes, totalMinutes } = limits;
  if (totalMinutes !== null && (initialMinutes === null || initialMinutes > totalMinutes))
    fields.totalMinutes ??= 'At least as long as the first booking may be.';
  refuseFaults(fields);
  return next;
}

function nameFault(name: string): string | null {
  if (name.length > mostName) return `At most ${mostName} characters.`;
  if (/[,;|]/.test(name)) return 'Without commas, semicolons and bars: they stand between names.';
  return /[\p{Cf}\p{Co}\p{Cs}]/u.test(name) ? 'Without invisible characters.' : titleFault(name);
}

/** A name that people would mistake for another group's is as taken as the same one. */
async function refuseAlike(tx: Tx, name: string, exceptId = 0): Promise<void> {
  const wanted = skeleton(name);
  const other = (await groupRows(tx)).find((row) => row.id !== exceptId && skeleton(row.name) === wanted);
  if (!other) return;
  const sentence = `There is a group ${other.name} already; take a name that nobody mistakes for it.`;
  throw new LabError('name.taken', { fields: { name: sentence }, detail: sentence });
}
