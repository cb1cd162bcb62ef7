import type { AllocationState, NodeState, PowerState } from '../../src/domain/states.ts';
import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

/** A machine that a reservation has, or had, beside the one that was asked for. */
export interface OtherMachineRow {
  reservation_id: number;
  allocation_id: number;
  member: number;
  member_name: string;
  allocation_state: AllocationState;
  /** Null while it is the reservation's. */
  released_at: number | null;
  user_port: number | null;
  user_host: string | null;
  image_name: string;
  image_title: string;
  node_id: number;
  node_name: string;
  node_state: NodeState;
  node_power: PowerState;
  node_cpus: number;
  node_memory_mb: number;
  node_disk_mb: number;
  host_keys: string;
  place_id: number;
}

/** Of each of these reservations, by number; of one that was replaced, what took its place. */
export async function otherMachines(reader: Reader, ids: readonly number[]): Promise<OtherMachineRow[]> {
  if (ids.length === 0) return [];
  return reader.rows(
    `SELECT a.reservation_id, a.id AS allocation_id, a.member, a.member_name, a.state AS allocation_state, a.released_at, a.user_port, a.user_host,
        i.name AS image_name, i.title AS image_title, n.id AS node_id, n.name AS node_name, n.state AS node_state, n.power AS node_power,
        n.cpus AS node_cpus, n.memory_mb AS node_memory_mb, n.disk_mb AS node_disk_mb, n.host_keys, n.place_id
       FROM allocations a JOIN nodes n ON n.id = a.node_id JOIN images i ON i.id = a.image_id
       WHERE a.reservation_id IN (${marks(ids)}) AND a.member > 0 AND a.id =
         (SELECT MAX(b.id) FROM allocations b WHERE b.reservation_id = a.reservation_id AND b.member = a.member)
       ORDER BY a.reservation_id, a.member`,
    [...ids],
  );
}
