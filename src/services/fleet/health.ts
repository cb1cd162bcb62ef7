import { reading } from '../../../db/transaction.ts';
import type { ServiceDeps } from '../deps.ts';
import type { HealthView } from '../views.ts';

/**
 * Ready when every announced image can be reserved: it has a revision, a node of its kind is free or held by somebody, and no
 * place is being drained.
 * What was not published to everyone is nobody's business here: this is answered without signing in. Writes nothing.
 */
export function health(deps: ServiceDeps): Promise<HealthView> {
  return reading(deps.db, async (reader) => {
    const images = await reader.rows<{ title: string; format: string | null }>(
      `SELECT i.title, v.format FROM images i LEFT JOIN image_revisions v ON v.id = i.production_revision_id
         WHERE i.deleted_at IS NULL AND i.visibility = 'everyone'`,
    );
    const nodes = await reader.rows<{ module: string; up: number; n: number }>(
      `SELECT p.module, COUNT(*) AS n, SUM(CASE WHEN n.state IN ('available', 'reserved', 'inuse') AND NOT ${awaitsLoad} THEN 1 ELSE 0 END) AS up
         FROM nodes n JOIN pools p ON p.id = n.pool_id GROUP BY p.module`,
    );
    const waitingFor: string[] = [];
    for (const image of images) {
      if (image.format === null) waitingFor.push(`${image.title} is being built`);
      else if (!nodes.some((row) => Number(row.up) > 0 && loads(deps, row.module, image.format))) {
        waitingFor.push(`the first machine for ${image.title} is being loaded`);
      }
    }
    const done = images.length - waitingFor.length;
    const drained = await reader.rows<{ name: string }>(
      'SELECT name FROM places WHERE draining_since IS NOT NULL ORDER BY name',
    );
    waitingFor.push(...drained.map(({ name }) => `${name} is being drained: no load begins there`));
    return {
      ready: waitingFor.length === 0,
      progress: images.length === 0 ? 1 : done / images.length,
      waitingFor,
      version: deps.version,
    };
  });
}

/** A new machine is `available` for the moment until its first load begins. */
const awaitsLoad = `(n.revision_id IS NULL AND EXISTS (SELECT 1 FROM tasks t WHERE t.node_id = n.id
  AND t.status IN ('queued', 'running') AND t.action IN ('reload', 'commission')))`;

function loads(deps: ServiceDeps, module: string, format: string | null): boolean {
  return (
    (deps.descriptors[module]?.formats as readonly (string | null)[] | undefined)?.includes(format) === true
  );
}
