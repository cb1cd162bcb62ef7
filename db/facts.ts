import { mainName } from '../src/domain/cluster.ts';
import type {
  NodeFacts,
  NodeHardware,
  PoolFacts,
  RevisionFacts,
  SystemFacts,
} from '../src/domain/contracts/facts.ts';
import type { AllocationFacts, ReservationFacts } from '../src/domain/contracts/situation.ts';
import type { TaskFacts } from '../src/domain/contracts/task.ts';
import type { TaskRow } from './repositories/tasks.ts';
import type {
  AllocationRow,
  HardwareRow,
  IdleRuleColumns,
  NodeRow,
  PoolRow,
  ReservationRow,
  RevisionRow,
} from './rows.ts';

/** Rows to the read-only copies that services and modules are given. */

const number = (value: number | null): number | null => (value === null ? null : Number(value));

export function nodeFacts(row: NodeRow): NodeFacts {
  const { management_host: host, management_port: port } = row;
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    cpus: row.cpus,
    memoryMb: row.memory_mb,
    diskMb: row.disk_mb,
    mac: row.mac,
    load: row.load_no,
    loadBeganAt: number(row.load_began_at),
    revisionId: row.revision_id,
    tainted: row.tainted === 1,
    unclean: row.unclean === 1,
    power: row.power,
    outFor: row.out_for,
    reloadAsked: row.next_image_id !== null,
    management: host === null || port === null ? null : { host, port },
    user: null,
    hostKeys: JSON.parse(row.host_keys) as string[],
    hardware: null,
  };
}

/** With the BMC's password as plain text: for module contexts alone. `open` is the cipher's. */
export function hardwareFacts(row: HardwareRow, open: (sealed: string) => string): NodeHardware {
  return {
    bmc: {
      host: row.bmc_host,
      port: row.bmc_port,
      username: row.bmc_username,
      password: open(row.bmc_password),
      cipher: row.bmc_cipher,
      fingerprint: row.bmc_fingerprint,
    },
    firmware: row.firmware,
    endpoint: row.address === null ? null : { host: row.address, port: row.ssh_port },
    inventory: row.inventory === null ? null : (JSON.parse(row.inventory) as NodeHardware['inventory']),
  };
}

export function poolFacts(row: PoolRow): PoolFacts {
  return { id: row.id, name: row.name, module: row.module, reach: row.reach };
}

export function revisionFacts(row: RevisionRow & { image_name: string; os_module: string }): RevisionFacts {
  return {
    id: row.id,
    imageId: row.image_id,
    imageName: row.image_name,
    number: row.number,
    format: row.format,
    file: row.file,
    sizeBytes: Number(row.size_bytes),
    virtualBytes: Number(row.virtual_bytes),
    sha256: row.sha256,
    osModule: row.os_module,
    system: JSON.parse(row.system) as SystemFacts,
  };
}

/**
 * No idle rule ends it (vcl.md 8.1): what is being made into an image, what its person or its environment keeps, what is long, a
 * server, and a seat, which ends with its class.
 */
export function neverTimesOut(
  row: Pick<
    ReservationJoin,
    'imaging' | 'keep_until_end' | 'check_connected' | 'minutes' | 'block_date_id' | 'others' | 'server_name'
  >,
  ignoreFromMinutes: number,
): boolean {
  const { imaging, keep_until_end, check_connected, minutes, others } = row;
  const isKept = imaging === 1 || keep_until_end === 1 || check_connected === 0 || Number(others) > 0;
  const isOther = row.block_date_id !== null || row.server_name !== null;
  return isKept || isOther || minutes >= ignoreFromMinutes;
}

export interface ReservationJoin extends ReservationRow, IdleRuleColumns {
  user_name: string;
  image_name: string;
  check_connected: number;
  others: number;
  class_ends: number;
}

export function reservationFacts(row: ReservationJoin, ignoreFromMinutes: number): ReservationFacts {
  return {
    id: row.id,
    userId: row.user_id,
    userName: row.user_name,
    imageId: row.image_id,
    imageName: row.image_name,
    state: row.state,
    version: row.version,
    start: Number(row.start_at),
    end: Number(row.end_at),
    minutes: row.minutes,
    startsNow: row.starts_now === 1,
    readyAt: number(row.ready_at),
    acknowledgedAt: number(row.acknowledged_at),
    connectedAt: number(row.connected_at),
    lastConnectedAt: number(row.last_connected_at),
    unconnectedSince: number(row.unconnected_since),
    idleSince: number(row.idle_since),
    accessOpenedAt: number(row.access_opened_at),
    imaging: row.imaging === 1,
    captureFailure: row.capture_failure,
    isSeat: row.block_date_id !== null,
    others: Number(row.others),
    classEnds: Number(row.class_ends) === 1,
    isServer: row.server_name !== null,
    neverTimesOut: neverTimesOut(row, ignoreFromMinutes),
    createdAt: Number(row.created_at),
  };
}

export function allocationFacts(row: AllocationRow, failedBefore = 0, blocked = false): AllocationFacts {
  return {
    id: row.id,
    nodeId: row.node_id,
    reservationId: row.reservation_id,
    state: row.state,
    start: Number(row.start_at),
    end: Number(row.end_at),
    holdFrom: Number(row.hold_from),
    holdUntil: Number(row.hold_until),
    releasedAt: number(row.released_at),
    forwarded: row.user_port !== null && row.user_host === null,
    isSeat: row.block_date_id !== null,
    member: row.member,
    name: row.member_name ?? mainName,
    role: row.member_role ?? mainName,
    failedBefore,
    blocked,
  };
}

export function taskFacts(row: TaskRow): TaskFacts {
  return {
    id: row.id,
    action: row.action,
    targetType: row.target_type,
    targetId: row.target_id,
    args: JSON.parse(row.args) as Record<string, unknown>,
    attempt: row.attempt,
    createdAt: Number(row.created_at),
    deadline: number(row.deadline),
  };
}
