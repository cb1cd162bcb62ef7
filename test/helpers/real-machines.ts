import type { Database } from '../../db/connect.ts';
import { materialise } from '../../db/repositories/occupancy.ts';
import { inTransaction } from '../../db/transaction.ts';
import { os } from '../../modules/os/registry.ts';
import type { DaemonDeps } from '../../src/daemon/deps.ts';
import { stopGuests } from '../../src/daemon/stop-guests.ts';
import type { RevisionFacts } from '../../src/domain/contracts/facts.ts';
import { day } from '../../src/domain/time.ts';
import { freePort } from './free-port.ts';
import { type Lab, makeLab } from './lab.ts';
import { tinyRevision } from './tiny-image.ts';

const pool = 2;

export interface RealMachines {
  /** `tiny` unless told. */
  readonly revision: RevisionFacts;
  readonly title: string;
  readonly memoryMb: number;
  readonly diskMb: number;
}

/** A whole installation whose machines are real: QEMU guests with the image `tiny` or another one, nothing loaded yet. */
export async function makeRealLab(
  db: Database,
  machines: number,
  over: Partial<DaemonDeps> = {},
  other: RealMachines | null = null,
): Promise<Lab> {
  const lab = await makeLab(db, { nodes: 0, over: { os, ...over } });
  const made = other ?? { revision: await tinyRevision(), title: 'Tiny Linux', memoryMb: 256, diskMb: 1024 };
  const { revision } = made;
  const [portFrom, portTo] = [await freePort(), await freePort()].sort((a, b) => a - b);
  const settings = JSON.stringify({ portFrom, portTo });
  await inTransaction(db, async (tx) => {
    const at = { created_at: tx.now };
    await tx
      .table('pools')
      .insert({ id: pool, name: 'local', module: 'qemu', settings, reach: 'none', place_id: 1, ...at });
    const { imageId, imageName: name, osModule: os_module } = revision;
    await tx.table('images').insert({
      id: imageId,
      name,
      title: made.title,
      description: '',
      notes: '',
      icon: 'terminal',
      os_module,
      production_revision_id: revision.id,
      ...at,
    });
    await tx.table('image_revisions').insert({
      id: revision.id,
      image_id: imageId,
      number: revision.number,
      format: revision.format,
      file: revision.file,
      size_bytes: revision.sizeBytes,
      virtual_bytes: revision.virtualBytes,
      sha256: revision.sha256,
      system: '{}',
      ready_at: tx.now,
      ...at,
    });
    const nodes = Array.from({ length: machines }, (_, index) => index + 1);
    for (const id of nodes) {
      await tx.table('nodes').insert({
        id,
        name: `node${id}`,
        pool_id: pool,
        place_id: 1,
        state: 'available',
        cpus: 1,
        memory_mb: made.memoryMb,
        disk_mb: made.diskMb,
        mac: `02:00:00:00:01:${id.toString(16).padStart(2, '0')}`,
        host_keys: '[]',
        state_at: tx.now,
        ...at,
      });
    }
    const today = Math.floor(tx.now / day);
    await materialise(tx, nodes, today - 1, today + 30);
  });
  return {
    ...lab,
    async close() {
      for (const daemon of lab.daemons) await daemon.stop();
      await stopGuests(lab.deps, { reserved: true });
      await lab.close();
    },
  };
}
