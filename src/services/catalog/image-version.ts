import { createHash } from 'node:crypto';
import { idleRules } from '../../../db/idle-rules.ts';
import type { ImageAndGroups } from '../../../db/queries/images.ts';

/**
 * Tells one set of an image's properties from another, so that whoever saves second is told. The row's own version also moves
 * when a revision does, which takes nothing from what somebody typed into the form.
 */
export function imageVersion(image: ImageAndGroups): number {
  const { title, icon, description, notes, cpus, memory_mb, disk_mb } = image;
  const { max_minutes, max_at_once, check_connected, owner_id, visibility } = image;
  const groups = (image.group_ids ?? '').split(',').sort();
  const all = [
    title,
    icon,
    description,
    notes,
    cpus,
    memory_mb,
    disk_mb,
    max_minutes,
    max_at_once,
    idleRules(image),
  ];
  const text = JSON.stringify([...all, check_connected, owner_id, visibility, groups]);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
