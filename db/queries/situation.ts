import type { TargetType } from '../../src/domain/contracts/task.ts';
import type { ReservationJoin } from '../facts.ts';
import type { AllocationRow, HardwareRow, NodeRow, PoolRow, RevisionRow, ServerAccountRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { serverAccounts, serverMembers } from './servers.ts';

/** A revision with what its image says of it. */
export type RevisionJoin = RevisionRow & { image_name: string; os_module: string };

/** The rows behind a task's situation. */
export interface SituationRows {
  readonly reservation: ReservationJoin | null;
  readonly allocation: AllocationRow | null;
  readonly failedBefore: number;
  readonly blocked: boolean;
  readonly node: NodeRow | null;
  readonly hardware: HardwareRow | null;
  readonly pool: PoolRow | null;
  readonly wanted: RevisionJoin | null;
  readonly missing: RevisionJoin | null;
  readonly loaded: RevisionJoin | null;
  readonly target: RevisionJoin | null;
  readonly sshKeys: readonly string[];
  readonly members: readonly MemberRows[];
  readonly busy: boolean;
}

/** Somebody of a server's groups, or who was. */
export interface MemberRows {
  readonly row: ServerAccountRow | null;
  readonly username: string;
  readonly sshKeys: readonly string[];
  readonly root: boolean;
  readonly wanted: boolean;
}

const nothing: SituationRows = {
  reservation: null,
  allocation: null,
  failedBefore: 0,
  blocked: false,
  node: null,
  hardware: null,
  pool: null,
  wanted: null,
  missing: null,
  loaded: null,
  target: null,
  sshKeys: [],
  members: [],
  busy: false,
};

/** Everything about a task's target. `taskId` is left out of `busy`. */
export async function situationRows(
  reader: Reader,
  type: TargetType,
  id: number,
  taskId: number,
  revisionId: number | null = null,
): Promise<SituationRows> {
  if (type === 'place' || type === 'notice' || type === 'pool' || type === 'block') return nothing;
  if (type === 'revision') return { ...nothing, target: await findRevision(reader, id) };
  const allocation = await findAllocation(reader, type, id);
  const reservationId = type === 'reservation' ? id : (allocation?.reservation_id ?? null);
  const reservation = reservationId === null ? null : await findReservation(reader, reservationId);
  const nodeId = type === 'node' ? id : (allocation?.node_id ?? null);
  const node =
    nodeId === null ? null : await one<NodeRow>(reader, 'SELECT * FROM nodes WHERE id = ?', [nodeId]);
  const seat = type === 'allocation' && allocation?.block_date_id != null ? allocation : null;
  const wanted = await findWanted(reader, type === 'node' ? null : reservation, node, allocation, seat);
  return {
    reservation,
    allocation,
    failedBefore: await countFailed(reader, reservation?.id ?? 0, allocation?.member ?? 0, seat),
    blocked: allocation ? await isBlocked(reader, allocation) : false,
    node,
    hardware:
      node && (await one<HardwareRow>(reader, 'SELECT * FROM node_hardware WHERE node_id = ?', [node.id])),
    pool: node ? await one<PoolRow>(reader, 'SELECT * FROM pools WHERE id = ?', [node.pool_id]) : null,
    wanted: wanted?.missing_since === null ? wanted : null,
    missing: wanted?.missing_since === null ? null : wanted,
    loaded: await findLoaded(reader, node, wanted),
    target: await findTarget(reader, revisionId ?? reservation?.capture_revision_id ?? null),
    sshKeys: reservation ? await keysOf(reader, reservation.user_id) : [],
    members: reservation?.server_name == null ? [] : await membersOf(reader, reservation.id),
    busy: node ? await isBusy(reader, node.id, taskId) : false,
  };
}

async function one<Row>(reader: Reader, sql: string, bindings: (string | number)[]): Promise<Row | null> {
  return (await reader.rows<Row>(sql, bindings))[0] ?? null;
}

/** Of a node, the one that occupies it now; of a reservation, the one it has now. */
function findAllocation(reader: Reader, type: TargetType, id: number): Promise<AllocationRow | null> {
  if (type === 'allocation') return one(reader, 'SELECT * FROM allocations WHERE id = ?', [id]);
  if (type === 'node') {
    return one(
      reader,
      "SELECT * FROM allocations WHERE node_id = ? AND released_at IS NULL AND state <> 'held' ORDER BY id LIMIT 1",
      [id],
    );
  }
  return one(
    reader,
    "SELECT * FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND state <> 'failed' AND member = 0 ORDER BY id DESC LIMIT 1",
    [id],
  );
}

/** The machines that a reservation has now, by number, or that one of them: allocations. */
export async function machinesOf(reader: Reader, reservationId: number, member?: number): Promise<number[]> {
  const one = member === undefined ? '' : 'AND member = ?';
  const rows = await reader.rows<{ id: number }>(
    `SELECT id FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND state <> 'failed' ${one} ORDER BY member, id`,
    [reservationId, ...(member === undefined ? [] : [member])],
  );
  return rows.map(({ id }) => id);
}

function findReservation(reader: Reader, id: number): Promise<ReservationJoin | null> {
  return one(
    reader,
    `SELECT r.*, u.name AS user_name, i.name AS image_name, i.check_connected, i.never_connected_minutes, i.disconnected_minutes, i.idle_minutes,
        EXISTS (SELECT 1 FROM block_dates d WHERE d.id = r.block_date_id AND d.planned_end_at IS NOT NULL) AS class_ends,
        (SELECT COUNT(*) FROM allocations o WHERE o.reservation_id = r.id AND o.member > 0 AND o.released_at IS NULL AND o.state <> 'failed') AS others FROM reservations r
       JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id WHERE r.id = ?`,
    [id],
  );
}

/** Loads for this reservation, or for this seat before it was anybody's; what was loaded and went down later is none. */
async function countFailed(
  reader: Reader,
  reservationId: number,
  member: number,
  seat: AllocationRow | null,
): Promise<number> {
  const row = await one<{ n: number }>(
    reader,
    `SELECT COUNT(*) AS n FROM allocations a WHERE a.state = 'failed' AND ((a.reservation_id = ? AND a.member = ?) OR (a.block_date_id = ? AND a.seat = ?))
       AND NOT EXISTS (SELECT 1 FROM events e WHERE e.reservation_id = a.reservation_id AND e.node_id = a.node_id AND e.kind = 'ready')`,
    [reservationId, member, seat?.block_date_id ?? 0, seat?.seat ?? 0],
  );
  return Number(row?.n ?? 0);
}

/**
 * No load starts on a node with an older live allocation (design, section 3). Closed hours that are over are none, nor is a part of
 * a maintenance window that lasts longer: what that means the node says itself.
 */
async function isBlocked(reader: Reader, allocation: AllocationRow): Promise<boolean> {
  const older = await one(
    reader,
    `SELECT a.id FROM allocations a WHERE a.node_id = ? AND a.released_at IS NULL AND a.hold_from < ? AND a.id <> ?
       AND a.purpose <> 'schedule' AND NOT (a.purpose = 'maintenance' AND EXISTS
         (SELECT 1 FROM maintenance_windows w WHERE w.id = a.closing_id AND w.until_at > a.hold_until))`,
    [allocation.node_id, allocation.hold_from, allocation.id],
  );
  return older !== null;
}

function findRevision(reader: Reader, id: number): Promise<RevisionJoin | null> {
  return one(
    reader,
    `SELECT v.*, i.name AS image_name, i.os_module FROM image_revisions v JOIN images i ON i.id = v.image_id WHERE v.id = ?`,
    [id],
  );
}

/** Mostly that is what is wanted. */
async function findLoaded(reader: Reader, node: NodeRow | null, wanted: RevisionJoin | null) {
  if (!node?.revision_id) return null;
  return node.revision_id === wanted?.id ? wanted : findRevision(reader, node.revision_id);
}

/** The revision asked for, else what is production now; of a seat, its class's image; of a node by itself, its own. Suspended ones are not loaded. */
async function findWanted(
  reader: Reader,
  reservation: ReservationJoin | null,
  node: NodeRow | null,
  allocation: AllocationRow | null,
  seat: AllocationRow | null,
): Promise<RevisionJoin | null> {
  const foreseen = node?.aim_because == null ? node?.preferred_image_id : node.aim_image_id;
  const nodes = node?.next_image_id ?? foreseen ?? null;
  const own = reservation ? (allocation?.image_id ?? null) : null;
  const imageId =
    own ?? reservation?.image_id ?? (seat ? await imageOfDate(reader, seat.block_date_id) : nodes);
  if (imageId === null) return null;
  const revision =
    reservation?.revision_id && own === null
      ? await findRevision(reader, reservation.revision_id)
      : await one<RevisionJoin>(
          reader,
          `SELECT v.*, i.name AS image_name, i.os_module FROM images i JOIN image_revisions v ON v.id = i.production_revision_id
           WHERE i.id = ? AND i.deleted_at IS NULL`,
          [imageId],
        );
  return revision?.suspended_at === null && revision.ready_at !== null ? revision : null;
}

async function imageOfDate(reader: Reader, dateId: number | null): Promise<number | null> {
  const row = await one<{ image_id: number }>(reader, 'SELECT image_id FROM block_dates WHERE id = ?', [
    dateId ?? 0,
  ]);
  return row?.image_id ?? null;
}

/** The revision that a capture makes, or that a reload tries; null when it was given up. */
async function findTarget(reader: Reader, id: number | null): Promise<RevisionJoin | null> {
  const revision = id === null ? null : await findRevision(reader, id);
  return revision?.deleted_at === null ? revision : null;
}

async function keysOf(reader: Reader, userId: number): Promise<string[]> {
  const rows = await reader.rows<{ public_key: string }>(
    'SELECT public_key FROM ssh_keys WHERE user_id = ? ORDER BY id',
    [userId],
  );
  return rows.map((row) => row.public_key);
}

async function membersOf(reader: Reader, id: number): Promise<MemberRows[]> {
  const wanted = await serverMembers(reader, id);
  const ids = new Set(wanted.map((one) => one.user_id));
  const gone = (await serverAccounts(reader, id)).filter(
    (row) => row.opened_as !== null && !ids.has(row.user_id),
  );
  const members: MemberRows[] = gone.map((row) => {
    return { row, username: row.username, sshKeys: [], root: false, wanted: false };
  });
  for (const { user_id, account, admin } of wanted) {
    const sshKeys = await keysOf(reader, user_id);
    members.push({
      row: account,
      username: account?.username ?? '',
      sshKeys,
      root: admin === 1,
      wanted: true,
    });
  }
  return members;
}

/** Three ways to be busy, each found by an index of its own: tens of thousands may be queued for other nodes. */
async function isBusy(reader: Reader, nodeId: number, taskId: number): Promise<boolean> {
  const open = "t.status IN ('queued', 'running') AND t.id <> ?";
  const task = await one(
    reader,
    `SELECT t.id FROM tasks t WHERE t.node_id = ? AND ${open}
       AND NOT (t.action IN ('new', 'seat', 'tomaintenance') AND t.status = 'queued' AND t.run_after > ?)
     UNION ALL SELECT t.id FROM tasks t WHERE t.run_node = ? AND t.id <> ?
     UNION ALL SELECT t.id FROM allocations a CROSS JOIN tasks t ON t.reservation_id = a.reservation_id
       WHERE a.node_id = ? AND a.released_at IS NULL AND ${open}
         AND t.action IN ('deleted', 'timeout', 'reboot', 'reinstall')
     LIMIT 1`,
    [nodeId, taskId, reader.now, nodeId, taskId, nodeId, taskId],
  );
  return task !== null;
}
