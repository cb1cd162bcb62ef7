import { basename } from 'node:path';
import { type Reader, reading } from '../../../db/transaction.ts';
import type { ServiceDeps } from '../deps.ts';
import type { HealthView } from '../views.ts';

/**
 * Ready when every announced image can be reserved: it has a revision whose file is there, a node of its kind is free or held
 * by somebody, and no place is being drained or disarmed.
 * What was not published to everyone is nobody's business here: this is answered without signing in. Writes nothing.
 */
export function health(deps: ServiceDeps): Promise<HealthView> {
  return reading(deps.db, async (reader) => {
    const images = await reader.rows<AnnouncedRow>(
      `SELECT i.title, v.format, v.file, v.missing_because FROM images i LEFT JOIN image_revisions v ON v.id = i.production_revision_id
         WHERE i.deleted_at IS NULL AND i.visibility = 'everyone'`,
    );
    const nodes = await reader.rows<{ module: string; up: number; n: number }>(
      `SELECT p.module, COUNT(*) AS n, SUM(CASE WHEN n.state IN ('available', 'reserved', 'inuse') AND NOT ${awaitsLoad} THEN 1 ELSE 0 END) AS up
         FROM nodes n JOIN pools p ON p.id = n.pool_id GROUP BY p.module`,
    );
    const waitingFor: string[] = [];
    for (const image of images) {
      if (image.format === null) waitingFor.push(`${image.title} is being built`);
      else if (image.missing_because !== null) waitingFor.push(missing(image.title, image.file ?? ''));
      else if (!nodes.some((row) => Number(row.up) > 0 && loads(deps, row.module, image.format))) {
        waitingFor.push(`the first machine for ${image.title} is being loaded`);
      }
    }
    const done = images.length - waitingFor.length;
    waitingFor.push(...(await placesOut(reader)));
    return {
      ready: waitingFor.length === 0,
      progress: images.length === 0 ? 1 : done / images.length,
      waitingFor,
      version: deps.version,
    };
  });
}

interface AnnouncedRow {
  title: string;
  format: string | null;
  file: string | null;
  missing_because: string | null;
}

function missing(title: string, file: string): string {
  return `the image file of ${title} is missing: put ${basename(file)} back where "Needs attention" says`;
}

async function placesOut(reader: Reader): Promise<string[]> {
  const places = await reader.rows<{ name: string; armed: number }>(
    'SELECT name, armed FROM places WHERE draining_since IS NOT NULL OR armed = 0 ORDER BY name',
  );
  return places.map(({ name, armed }) =>
    armed === 0
      ? `${name} is disarmed: no machine is touched until "labrador arm" is run there`
      : `${name} is being drained: no load begins there`,
  );
}

/** A new machine is `available` for the moment until its first load begins. */
const awaitsLoad = `(n.revision_id IS NULL AND EXISTS (SELECT 1 FROM tasks t WHERE t.node_id = n.id
  AND t.status IN ('queued', 'running') AND t.action IN ('reload', 'commission')))`;

function loads(deps: ServiceDeps, module: string, format: string | null): boolean {
  return (
    (deps.descriptors[module]?.formats as readonly (string | null)[] | undefined)?.includes(format) === true
  );
}
