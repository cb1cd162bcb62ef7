import type { ImageFormat, SystemFacts } from '../../src/domain/contracts/facts.ts';
import type { Reader, Tx } from '../transaction.ts';

export interface NewImage {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly icon: string;
  readonly osModule: string;
  /** What a machine must have at least. */
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
}

/** The image of that name, made when there is none. */
export async function ensureImage(tx: Tx, image: NewImage): Promise<number> {
  const row = await tx.table('images').select('id').where({ name: image.name }).first();
  if (row) return Number(row.id);
  const [id] = await tx.table('images').insert({
    name: image.name,
    title: image.title,
    description: image.description,
    notes: '',
    icon: image.icon,
    os_module: image.osModule,
    cpus: image.cpus,
    memory_mb: image.memoryMb,
    disk_mb: image.diskMb,
    created_at: tx.now,
  });
  return Number(id);
}

export interface NewRevision {
  readonly number: number;
  readonly format: ImageFormat;
  readonly placeId: number;
  readonly file: string;
  readonly sizeBytes: number;
  readonly virtualBytes: number;
  readonly sha256: string | null;
  readonly system: SystemFacts;
}

/** The file of the image's production revision; null when there is none. */
export async function findImageFile(reader: Reader, name: string): Promise<string | null> {
  const [row] = await reader.rows<{ file: string }>(
    'SELECT v.file FROM images i JOIN image_revisions v ON v.id = i.production_revision_id WHERE i.name = ?',
    [name],
  );
  return row?.file ?? null;
}

/** The number that the next revision of the image of that name would have. */
export async function nextRevisionNumber(reader: Reader, imageName: string): Promise<number> {
  const [row] = await reader.rows<{ last: number | null }>(
    'SELECT MAX(v.number) AS last FROM images i JOIN image_revisions v ON v.image_id = i.id WHERE i.name = ?',
    [imageName],
  );
  return Number(row?.last ?? 0) + 1;
}

/** Shows an image to people, or takes it out of their sight. */
export async function announceImage(tx: Tx, imageId: number, announced: boolean): Promise<void> {
  await tx
    .table('images')
    .where({ id: imageId })
    .update({ deleted_at: announced ? null : tx.now });
}

/** Adds a revision and makes it the production one. A taken number breaks a UNIQUE. */
export async function addRevision(tx: Tx, imageId: number, revision: NewRevision): Promise<number> {
  await tx.change('UPDATE images SET version = version + 1 WHERE id = ?', [imageId]);
  const [id] = await tx.table('image_revisions').insert({
    image_id: imageId,
    number: revision.number,
    format: revision.format,
    place_id: revision.placeId,
    file: revision.file,
    size_bytes: revision.sizeBytes,
    virtual_bytes: revision.virtualBytes,
    sha256: revision.sha256,
    system: JSON.stringify(revision.system),
    created_at: tx.now,
    ready_at: tx.now,
  });
  await tx
    .table('images')
    .where({ id: imageId })
    .update({ production_revision_id: Number(id) });
  return Number(id);
}

/** What a machine must have to load the image: never less than what is known by now. */
export async function raiseNeeds(
  tx: Tx,
  imageId: number,
  needs: { readonly memoryMb: number; readonly diskMb: number },
): Promise<void> {
  await tx.change(
    `UPDATE images SET memory_mb = CASE WHEN memory_mb < ? THEN ? ELSE memory_mb END,
       disk_mb = CASE WHEN disk_mb < ? THEN ? ELSE disk_mb END WHERE id = ?`,
    [needs.memoryMb, needs.memoryMb, needs.diskMb, needs.diskMb, imageId],
  );
}

/** Idle nodes that nobody touched and that should hold the image, but hold something else. */
export async function nodesToReload(tx: Tx, imageId: number, revisionId: number): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(
    `SELECT id FROM nodes WHERE preferred_image_id = ? AND state = 'available' AND tainted = 0
       AND (revision_id IS NULL OR revision_id <> ?)`,
    [imageId, revisionId],
  );
  return rows.map((row) => row.id);
}
