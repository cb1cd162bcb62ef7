import { idleColumns, idleRules } from '../../../db/idle-rules.ts';
import type { ImageAndGroups } from '../../../db/queries/images.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading, type Tx } from '../../../db/transaction.ts';
import { type FieldErrors, invalid, LabError } from '../../domain/errors.ts';
import { imageNumberFault, imageNumbers, imageTextFault, imageTexts } from '../../domain/image-properties.ts';
import type { ServiceDeps } from '../deps.ts';
import { guardPeople } from '../people/guard.ts';
import type { ImageChanges, Publication } from '../services.ts';
import type { GroupNameView, ImagePropertiesView, SignedIn } from '../views.ts';
import { imageVersion } from './image-version.ts';
import { refuseLookAlikes } from './look-alikes.ts';
import { membersOf, setMembers } from './members.ts';
import { managed } from './revisions.ts';

/** What an image is and needs, for the form of those who manage it. */
export function imageProperties(deps: ServiceDeps, me: SignedIn, name: string): Promise<ImagePropertiesView> {
  return reading(deps.db, async (reader) => {
    const image = await managed(reader, me, name);
    const groups = await reader.rows<{ name: string }>(
      'SELECT g.name FROM image_groups i JOIN user_groups g ON g.id = i.group_id WHERE i.image_id = ? ORDER BY g.name',
      [image.id],
    );
    const [about] = await reader.rows<About>(
      `SELECT u.name AS owner, p.number AS production, b.number AS previous FROM images i LEFT JOIN users u ON u.id = i.owner_id
         LEFT JOIN image_revisions p ON p.id = i.production_revision_id
         LEFT JOIN image_revisions b ON b.id = i.previous_revision_id AND b.id <> i.production_revision_id
           AND b.ready_at IS NOT NULL AND b.deleted_at IS NULL AND b.suspended_at IS NULL AND b.missing_since IS NULL WHERE i.id = ?`,
      [image.id],
    );
    if (!about) throw new LabError('not-found');
    const members = await membersOf(reader, image.id);
    return {
      ...propertiesView(
        image,
        about,
        groups.map((group) => group.name),
      ),
      members,
    };
  });
}

type About = Pick<ImagePropertiesView, 'owner' | 'production' | 'previous'>;

function propertiesView(
  image: ImageAndGroups,
  about: About,
  groups: string[],
): Omit<ImagePropertiesView, 'members'> {
  return {
    id: image.id,
    name: image.name,
    title: image.title,
    icon: image.icon,
    description: image.description,
    notes: image.notes,
    osModule: image.os_module,
    cpus: image.cpus,
    memoryMb: image.memory_mb,
    diskMb: image.disk_mb,
    maxMinutes: image.max_minutes,
    maxAtOnce: image.max_at_once,
    checkConnected: image.check_connected === 1,
    ...idleRules(image),
    ...about,
    visibility: image.visibility,
    groups,
    version: imageVersion(image),
  };
}

/** Names of the groups that an image can be published to. */
export function listGroupNames(deps: ServiceDeps): Promise<GroupNameView[]> {
  return reading(deps.db, (reader) =>
    reader.rows<GroupNameView>('SELECT id, name FROM user_groups ORDER BY name'),
  );
}

/**
 * Changes what an image is and needs. `version` is the one that was shown: whoever saves second is told, and nothing of theirs is
 * applied. Throws LabError naming every wrong field.
 */
export async function editImage(
  deps: ServiceDeps,
  me: SignedIn,
  name: string,
  changes: ImageChanges,
): Promise<void> {
  checkChanges(changes);
  return inTransaction(deps.db, async (tx) => {
    const image = await guarded(tx, me, name, changes.version);
    const title = changes.title?.trim();
    if (title !== undefined && title !== image.title)
      await refuseLookAlikes(tx, me, { name: image.name, title }, image.id);
    const columns = {
      ...{ title, icon: changes.icon, description: changes.description, notes: changes.notes },
      ...{ cpus: changes.cpus, memory_mb: changes.memoryMb, disk_mb: changes.diskMb },
      ...{ max_minutes: changes.maxMinutes, max_at_once: changes.maxAtOnce },
      check_connected: changes.checkConnected === undefined ? undefined : changes.checkConnected ? 1 : 0,
      ...idleColumns(changes),
    };
    const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
    if (Object.keys(given).length > 0) await tx.table('images').where({ id: image.id }).update(given);
    if (changes.members !== undefined) await setMembers(tx, me, image, changes.members);
    await addEvent(tx, {
      kind: 'image.changed',
      actorId: me.id,
      data: { image: name, fields: [...Object.keys(given), ...(changes.members ? ['members'] : [])] },
    });
  });
}

/** The shape was checked at the edge. */
function checkChanges(changes: ImageChanges): void {
  const fields: Record<string, string> = {};
  for (const name of imageTexts) {
    const fault = changes[name] === undefined ? null : imageTextFault(name, changes[name]);
    if (fault !== null) fields[name] = fault;
  }
  for (const name of imageNumbers) {
    const fault = changes[name] == null ? null : imageNumberFault(name, changes[name]);
    if (fault !== null) fields[name] = fault;
  }
  if (Object.keys(fields).length > 0) throw wrong(fields);
}

function wrong(fields: FieldErrors): LabError {
  const detail = Object.entries(fields)
    .map(([field, sentence]) => `${field}: ${sentence}`)
    .join(' ');
  return new LabError('input.invalid', { fields, detail });
}

/** The image's row is changed first, so that what is read after it is what is true until the end (design, section 3). */
export async function guarded(tx: Tx, me: SignedIn, name: string, version?: number): Promise<ImageAndGroups> {
  await tx.change('UPDATE images SET version = version + 1 WHERE name = ?', [name]);
  const image = await managed(tx, me, name);
  if (version !== undefined && version !== imageVersion(image)) throw new LabError('changed-meanwhile');
  return image;
}

/** Who sees an image: its owner alone, some groups, or everyone. */
export function publishImage(deps: ServiceDeps, me: SignedIn, name: string, to: Publication): Promise<void> {
  return inTransaction(deps.db, async (tx) => {
    const image = await guarded(tx, me, name, to.version);
    if (to.visibility === 'groups') await guardPeople(tx); // a group is not deleted meanwhile
    const groupIds = to.visibility === 'groups' ? await groupsNamed(tx, to.groups ?? []) : [];
    await tx.table('images').where({ id: image.id }).update({ visibility: to.visibility });
    await tx.table('image_groups').where({ image_id: image.id }).delete();
    for (const group_id of groupIds) await tx.table('image_groups').insert({ image_id: image.id, group_id });
    await addEvent(tx, {
      kind: 'image.published',
      actorId: me.id,
      data: {
        image: name,
        visibility: to.visibility,
        groups: to.visibility === 'groups' ? (to.groups ?? []) : [],
      },
    });
  });
}

async function groupsNamed(tx: Tx, names: readonly string[]): Promise<number[]> {
  if (names.length === 0) throw invalid('groups', 'Name at least one group.');
  const rows = await tx.rows<{ id: number; name: string }>('SELECT id, name FROM user_groups');
  return [...new Set(names)].map((name) => {
    const found = rows.find((row) => row.name === name);
    if (!found) throw invalid('groups', `There is no group "${name.slice(0, 60)}".`);
    return found.id;
  });
}
