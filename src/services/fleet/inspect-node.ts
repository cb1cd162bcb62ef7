import { marks } from '../../../db/marks.ts';
import { type CleanedDiskRow, lastCleaned } from '../../../db/queries/cleaned-disks.ts';
import { loadRows } from '../../../db/queries/loads.ts';
import {
  type HolderRow,
  holderOf,
  nodeEventRows,
  nodeFactsRow,
  nodeTaskRow,
  type ScheduleRow,
  scheduleRows,
} from '../../../db/queries/node-detail.ts';
import { hardwareRow } from '../../../db/queries/node-hardware.ts';
import { type NodeListRow, nodeRow } from '../../../db/queries/nodes.ts';
import type { HardwareRow } from '../../../db/rows.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { day } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { AimView, HardwareView, NodeDetailView, SignedIn } from '../views.ts';
import { commissionsOf } from './commissions.ts';
import { loadViews } from './loads.ts';
import { nodeView } from './machines.ts';
import { nodeEventText, workTitle } from './node-sentences.ts';

const lastLoads = 20;
const lastEvents = 50;

/** Everything about one node. */
export async function inspectNode(deps: ServiceDeps, me: SignedIn, id: number): Promise<NodeDetailView> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, (reader) => detailOf(deps, reader, id));
}

/** Calls back when anything of that has changed. Returns how to stop. */
export async function watchNode(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changed: () => void,
): Promise<() => void> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  const pulse = everySecond(async (reader) =>
    JSON.stringify({ ...(await detailOf(deps, reader, id)), now: null }),
  );
  return watch(deps.db, `node ${id}`, pulse, changed);
}

async function detailOf(deps: ServiceDeps, reader: Reader, id: number): Promise<NodeDetailView> {
  const [row, facts] = [await nodeRow(reader, id), await nodeFactsRow(reader, id)];
  if (!row || !facts) throw new LabError('not-found');
  const hardware = await hardwareRow(reader, id);
  const holder = await holderOf(reader, id);
  const task = await nodeTaskRow(reader, id);
  const schedule = await scheduleRows(reader, id, reader.now, reader.now + day);
  return {
    ...nodeView(deps, row),
    mac: row.mac,
    hardware: hardwareView(hardware),
    load: row.load_no,
    tainted: row.tainted === 1,
    unclean: deps.descriptors[row.pool_module]?.bareMetal === true && row.unclean === 1,
    cleaned: cleanedView(await lastCleaned(reader, id)),
    nextImage: await imageName(reader, row.next_image_id),
    aim: row.aim_because === null ? null : await aimOf(reader, row.aim_image_id, row.aim_because),
    holder: holder && { reservationId: holder.reservation_id, user: holder.user_name, end: holder.end_at },
    coming: facts.coming,
    work: task && {
      id: task.id,
      title: workTitle(task.action),
      running: task.status === 'running',
      because: task.result,
      at: task.run_after,
    },
    outFrom: outFrom(row, holder, schedule, reader.now),
    schedule: schedule.map((hold) => ({
      id: hold.id,
      purpose: hold.purpose,
      from: Number(hold.hold_from),
      until: Number(hold.hold_until),
      start: Number(hold.start_at),
      end: Number(hold.end_at),
      reservationId: hold.reservation_id,
      user: hold.user_name,
      image: hold.image_title,
    })),
    loads: await loadViews(reader, await loadRows(reader, { nodeId: id }, { limit: lastLoads })),
    events: (await nodeEventRows(reader, id, lastEvents)).flatMap((event) => {
      const text = nodeEventText(event.kind, JSON.parse(event.data) as Record<string, unknown>);
      const { id: eventId, actor_name: who, reservation_id: reservationId } = event;
      return text === null ? [] : [{ id: eventId, at: Number(event.at), who, text, reservationId }];
    }),
    images: await imagesFor(reader, deps.descriptors[row.pool_module]?.formats ?? []),
    ...(await commissionsOf(reader, id, hardware?.inventory ?? null)),
    now: reader.now,
  };
}

function hardwareView(row: HardwareRow | null): HardwareView | null {
  return (
    row && {
      bmcHost: row.bmc_host,
      bmcPort: row.bmc_port,
      bmcUsername: row.bmc_username,
      firmware: row.firmware,
      address: row.address,
      sshPort: row.ssh_port,
      silentSince: row.bmc_silent_since === null ? null : Number(row.bmc_silent_since),
      troubles: row.bmc_says === null ? [] : (JSON.parse(row.bmc_says) as string[]),
      askedAt: row.bmc_asked_at === null ? null : Number(row.bmc_asked_at),
      bmc: row.bmc_info === null ? null : (JSON.parse(row.bmc_info) as HardwareView['bmc']),
    }
  );
}

function cleanedView(rows: readonly CleanedDiskRow[]): NodeDetailView['cleaned'] {
  const at = rows[0]?.at;
  if (at === undefined) return null;
  const disks = rows.map(({ name, model, serial, bytes, result, method, seconds, says }) => ({
    ...{ name, model, serial, bytes, result, method, seconds, says },
  }));
  return { at, disks };
}

/** It goes once whoever has it is gone and it is clean: their hold ends then. */
function outFrom(
  { state, state_at: since, out_for: outFor }: NodeListRow,
  holder: HolderRow | null,
  schedule: readonly ScheduleRow[],
  now: number,
): number | null {
  if (state === 'maintenance' || state === 'deprovisioning') return Number(since);
  if (outFor === null) return null;
  const theirs = schedule.find((hold) => holder !== null && hold.reservation_id === holder.reservation_id);
  return Number(theirs?.hold_until ?? now);
}

async function imageName(reader: Reader, id: number | null): Promise<string | null> {
  if (id === null) return null;
  const [image] = await reader.rows<{ name: string }>('SELECT name FROM images WHERE id = ?', [id]);
  return image?.name ?? null;
}

async function aimOf(reader: Reader, imageId: number | null, because: string): Promise<AimView> {
  return { image: await imageName(reader, imageId), because: JSON.parse(because) as AimView['because'] };
}

/** Names of the images that a module loads. */
export async function imagesFor(reader: Reader, formats: readonly string[]): Promise<string[]> {
  if (formats.length === 0) return [];
  const rows = await reader.rows<{ name: string }>(
    `SELECT i.name FROM images i JOIN image_revisions v ON v.id = i.production_revision_id
       WHERE i.deleted_at IS NULL AND v.format IN (${marks(formats)}) ORDER BY i.name`,
    formats,
  );
  return rows.map(({ name }) => name);
}
