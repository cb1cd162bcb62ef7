import { machinesOf } from '../../db/queries/situation.ts';
import { refuseClosed } from '../../db/repositories/accounts.ts';
import { noteAccess } from '../../db/repositories/events.ts';
import { isArmed } from '../../db/repositories/installation.ts';
import { wakeTask } from '../../db/repositories/tasks.ts';
import type { NodeRow } from '../../db/rows.ts';
import { inTransaction, reading, type Tx } from '../../db/transaction.ts';
import type { AccountFacts } from '../domain/contracts/facts.ts';
import type { Connected } from '../domain/contracts/os.ts';
import type { ProvisioningModule } from '../domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../domain/contracts/provisioning-context.ts';
import type { MemberFacts } from '../domain/contracts/situation.ts';
import { LabError } from '../domain/errors.ts';
import { isLive } from '../domain/states.ts';
import { sha256 } from '../lib/secrets.ts';
import type { DaemonDeps } from './deps.ts';
import type { GatewayDeps, PersonAccess, TicketHolder, TicketPurpose } from './gateway/contract.ts';
import { openWeb } from './machine.ts';
import { contextFor } from './machine-context.ts';
import { type Looked, look } from './situation.ts';

type Doors = Pick<GatewayDeps, 'redeemTicket' | 'accessOf' | 'consoleOf' | 'opened'>;

/** How long a terminal counts as open after its gateway last said so: it says so every minute. */
const terminalFreshFor = 90_000;

/** What the gateway asks of the database and of the modules. */
export function gatewayDoors(deps: DaemonDeps): Doors {
  return {
    redeemTicket: (ticket, purpose) => redeemTicket(deps, ticket, purpose),
    accessOf: (of) => ifArmed(deps, () => accessOf(deps, of)),
    consoleOf: (of) => ifArmed(deps, () => consoleOf(deps, of)),
    opened: (of) => opened(deps, of),
  };
}

/** Single use: the row is deleted by the one who redeems it. */
function redeemTicket(
  deps: DaemonDeps,
  ticket: string,
  purpose: TicketPurpose,
): Promise<TicketHolder | null> {
  const hash = sha256(ticket);
  return inTransaction(deps.db, async (tx) => {
    const [row] = await tx.rows<{
      user_id: number;
      reservation_id: number;
      purpose: string;
      args: string;
      expires_at: number;
    }>('SELECT user_id, reservation_id, purpose, args, expires_at FROM tickets WHERE hash = ?', [hash]);
    if (!row || (await tx.change('DELETE FROM tickets WHERE hash = ?', [hash])) !== 1) return null;
    if (row.purpose !== purpose || Number(row.expires_at) < tx.now || (await isClosed(tx, row.user_id)))
      return null;
    const args = JSON.parse(row.args) as { from?: string; nodeId?: number; member?: number };
    const { nodeId, member } = args;
    const holder = { userId: row.user_id, reservationId: row.reservation_id, nodeId, member };
    await noteWhence(tx, holder, purpose, args);
    return holder;
  });
}

async function isClosed(tx: Tx, userId: number): Promise<boolean> {
  const rows = await tx.rows(
    'SELECT id FROM users WHERE id = ? AND (disabled_at IS NOT NULL OR removed_at IS NOT NULL)',
    [userId],
  );
  return rows.length > 0;
}

/** Where terminals and files were opened from: a look at the console lets nobody in. */
async function noteWhence(
  tx: Tx,
  { userId: actorId, reservationId }: TicketHolder,
  purpose: TicketPurpose,
  { from }: { from?: string },
): Promise<void> {
  if (purpose === 'console' || !from) return;
  await noteAccess(tx, { kind: `${purpose}-opened`, actorId, reservationId, from });
}

/** Nothing of a disarmed place is touched: what its rows name may be another installation's by now. */
async function ifArmed<T>(deps: DaemonDeps, find: () => Promise<T | null>): Promise<T | null> {
  return (await reading(deps.db, (reader) => isArmed(reader, deps.placeId))) ? find() : null;
}

async function accessOf(
  deps: DaemonDeps,
  { reservationId, userId, member: machine }: TicketHolder,
): Promise<PersonAccess | 'ended' | 'off' | null> {
  const { situation, rows } = await lookAtMachine(deps, reservationId, machine);
  const { reservation, node } = situation;
  if (!reservation || !isLive(reservation.state)) return 'ended';
  const isTheirs = reservation.userId === userId;
  const member = rows.members.findIndex(({ row, wanted }) => wanted && row?.user_id === userId);
  if (!isTheirs && member < 0) return 'ended';
  const account = isTheirs ? situation.account : openOnly(situation.members[member]);
  const usable = ['reserved', 'inuse'].includes(reservation.state) && reservation.accessOpenedAt !== null;
  if (!usable || !account || !node?.management) return null;
  if (rows.node?.power === 'off') return 'off';
  const { username, password } = account;
  return { endpoint: node.management, username, password, hostKeys: node.hostKeys };
}

/** The reservation with its own machine, or with one of those that are had together with it. */
async function lookAtMachine(deps: DaemonDeps, reservationId: number, member = 0): Promise<Looked> {
  const id =
    member === 0
      ? undefined
      : await reading(deps.db, async (reader) => (await machinesOf(reader, reservationId, member))[0]);
  return id === undefined ? look(deps, 'reservation', reservationId, 0) : look(deps, 'allocation', id, 0);
}

function openOnly(member: MemberFacts | undefined): AccountFacts | null {
  return member?.openedAs == null ? null : member.account;
}

async function consoleOf(
  deps: DaemonDeps,
  { reservationId, nodeId, member }: Pick<TicketHolder, 'reservationId' | 'nodeId' | 'member'>,
): Promise<{ logFile: string } | null> {
  const looked =
    nodeId === undefined
      ? await lookAtMachine(deps, reservationId, member)
      : await look(deps, 'node', nodeId, 0);
  const bound = moduleContext(deps, looked);
  return (await bound?.module.console?.(bound.context)) ?? null;
}

/** Committed before anything is opened; the first time it also tells the daemon that its person has come. */
function opened(deps: DaemonDeps, { reservationId: id, userId }: TicketHolder): Promise<void> {
  return inTransaction(deps.db, async (tx) => {
    const changed = await tx.change(
      "UPDATE reservations SET terminal_seen_at = ? WHERE id = ? AND state IN ('reserved', 'inuse') AND access_opened_at IS NOT NULL",
      [tx.now, id],
    );
    if (changed !== 1) throw new LabError('reservation.state-changed');
    await refuseClosed(tx, userId);
    await wakeTask(tx, 'reserved', 'reservation', id);
  });
}

/** Open at this gateway or at another of the place: each says so in the database every minute. */
export function terminalsOf(deps: Pick<DaemonDeps, 'db'>, id: number): Promise<Connected> {
  return reading(deps.db, async (reader) => {
    const [row] = await reader.rows<{ terminal_seen_at: number | null }>(
      'SELECT terminal_seen_at FROM reservations WHERE id = ?',
      [id],
    );
    return row?.terminal_seen_at && reader.now - Number(row.terminal_seen_at) < terminalFreshFor
      ? 'yes'
      : 'no';
  });
}

/** When a daemon begins: the ways to the web of the guests that outlived the daemon. */
export async function openProxies(deps: DaemonDeps): Promise<void> {
  const nodes = await reading(deps.db, (reader) =>
    reader.rows<NodeRow>(
      "SELECT n.* FROM nodes n JOIN pools p ON p.id = n.pool_id AND p.reach = 'web' WHERE n.place_id = ? AND n.revision_id IS NOT NULL",
      [deps.placeId],
    ),
  );
  for (const node of nodes) {
    const bound = moduleContext(deps, await look(deps, 'node', node.id, 0));
    if (!bound) continue;
    await openWeb(deps, bound.module, bound.context).catch((error: unknown) =>
      deps.log.warn({ err: error, node: node.name }, 'a machine has no way to the web'),
    );
  }
}

/** A module and what its read-only functions are given, outside of any task. */
export function moduleContext(
  deps: DaemonDeps,
  looked: Looked,
): { module: ProvisioningModule; context: ProvisioningContext } | null {
  const { node, pool, loaded, wanted } = looked.situation;
  const module = pool ? deps.provisioning[pool.module] : undefined;
  if (!node || !pool || !module) return null;
  const binding = {
    looked,
    revision: loaded ?? wanted,
    signal: AbortSignal.timeout(30_000),
    deadline: looked.situation.now + 30_000,
    attempt: 1,
    log: deps.log,
    progress: () => undefined,
    keepConsole: async () => undefined,
    guard: () => Promise.resolve(),
    step: () => undefined,
  };
  return { module, context: contextFor(deps, binding, module, node, pool) };
}
