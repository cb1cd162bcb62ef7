import {
  allocationFacts,
  nodeFacts,
  poolFacts,
  type ReservationJoin,
  reservationFacts,
  revisionFacts,
} from '../../db/facts.ts';
import { idleRules } from '../../db/idle-rules.ts';
import { type SituationRows, situationRows } from '../../db/queries/situation.ts';
import { reading } from '../../db/transaction.ts';
import type { ReservationFacts, Situation } from '../domain/contracts/situation.ts';
import type { TargetType } from '../domain/contracts/task.ts';
import { idleClocks, noIdleRules } from '../domain/idle-rules.ts';
import { sha256 } from '../lib/secrets.ts';
import { forwardSettings } from '../services/reservations/acknowledge.ts';
import type { DaemonDeps } from './deps.ts';

const sshPort = 22;

/** What a situation is made from; the machine needs the sealed parts too. */
export interface Looked {
  readonly situation: Situation;
  readonly rows: SituationRows;
}

/** Everything about a task's target, now. */
export function look(
  deps: DaemonDeps,
  type: TargetType,
  id: number,
  taskId: number,
  revisionId: number | null = null,
): Promise<Looked> {
  return reading(deps.db, async (reader) => {
    const rows = await situationRows(reader, type, id, taskId, revisionId);
    return { rows, situation: situationOf(deps, rows, reader.now) };
  });
}

function situationOf(deps: DaemonDeps, rows: SituationRows, now: number): Situation {
  const { reservation, allocation, node, pool, wanted, missing, loaded, target } = rows;
  return {
    now,
    reservation: reservation && reservationOf(deps, rows, reservation),
    clocks: idleClocks(
      deps.times,
      reservation ? idleRules(reservation) : noIdleRules,
      pool && idleRules(pool),
    ),
    allocation: allocation && allocationFacts(allocation, rows.failedBefore, rows.blocked),
    node: node && { ...nodeFacts(node), user: userEndpoint(deps, rows) },
    pool: pool && poolFacts(pool),
    wanted: wanted && revisionFacts(wanted),
    missing:
      missing && `${missing.image_name}-v${missing.number} cannot be loaded: ${missing.missing_because}.`,
    loaded: loaded && revisionFacts(loaded),
    target: target && revisionFacts(target),
    account: accountOf(deps, rows),
    members: membersOf(deps, rows),
    busy: rows.busy,
  };
}

/** Where there is no machine to connect to, nobody is expected to. */
function reservationOf(deps: DaemonDeps, { pool }: SituationRows, row: ReservationJoin): ReservationFacts {
  const facts = reservationFacts(row, deps.times.ignoreConnectionsFromMinutes);
  const simulated = pool !== null && deps.descriptors[pool.module]?.simulated === true;
  return { ...facts, neverTimesOut: facts.neverTimesOut || simulated };
}

function userEndpoint(deps: DaemonDeps, { allocation, pool }: SituationRows) {
  if (allocation?.user_host) return { host: allocation.user_host, port: allocation.user_port ?? sshPort };
  if (!allocation?.user_port || !pool) return null;
  const { bindAddress } = forwardSettings(deps, { pool_module: pool.module, pool_settings: pool.settings });
  return { host: bindAddress, port: allocation.user_port };
}

/** Everybody of a server's groups, and whose account is still open though they are in none of them any more. */
function membersOf(deps: DaemonDeps, { reservation, members }: SituationRows): Situation['members'] {
  return members.map(({ row, username, sshKeys, root, wanted }) => {
    const password = row?.password == null ? '' : deps.cipher.open(row.password);
    const as = [reservation?.access_opened_at, username, password, root, ...[...sshKeys].sort()].join('\n');
    return {
      id: row?.id ?? null,
      account: { username, password, sshKeys, root },
      wanted,
      wantedAs: sha256(as),
      openedAs: row?.opened_as ?? null,
    };
  });
}

function accountOf(deps: DaemonDeps, { reservation, sshKeys }: SituationRows): Situation['account'] {
  if (!reservation) return null;
  const password = reservation.password === null ? '' : deps.cipher.open(reservation.password);
  return { username: reservation.username, password, sshKeys, root: true };
}
