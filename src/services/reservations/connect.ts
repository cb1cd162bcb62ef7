import { otherMachines } from '../../../db/queries/other-machines.ts';
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { serverAccount } from '../../../db/queries/servers.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { mainName } from '../../domain/cluster.ts';
import { LabError } from '../../domain/errors.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Once } from '../services.ts';
import type { ConnectionView, ConnectMethodView, SignedIn } from '../views.ts';
import { acknowledge, forwardSettings } from './acknowledge.ts';
import { refuseSimulated } from './change.ts';
import { mine } from './read.ts';
import { onChange } from './watch.ts';

/** How long a click waits for the way to be open, in milliseconds. */
const patience = 20_000;
const sshPort = 22;

/** Presses Connect and waits until the daemon has opened the way; `reservation.not-ready` when it takes longer. */
export async function connect(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  from: string,
  once: Once = {},
): Promise<ConnectionView> {
  await acknowledge(deps, me, id, from, once);
  const opened = await onChange(deps.db, patience, () => openedOrNull(deps, me, id));
  if (!opened)
    throw new LabError('reservation.not-ready', {
      detail: 'The machine does not answer yet. Please try again.',
    });
  return opened;
}

function openedOrNull(deps: ServiceDeps, me: SignedIn, id: number): Promise<ConnectionView | null> {
  return reading(deps.db, async (reader) => {
    const row = await mine(reader, me, id, 'reservation.connect');
    if (!['reserved', 'inuse'].includes(row.state)) throw new LabError('reservation.state-changed');
    return row.access_opened_at === null ? null : connectionOf(reader, deps, me, row);
  });
}

/** How to connect, once Connect was pressed. */
export function connection(deps: ServiceDeps, me: SignedIn, id: number): Promise<ConnectionView> {
  return reading(deps.db, async (reader) => {
    const row = await mine(reader, me, id, 'reservation.connect');
    refuseSimulated(deps, row);
    if (!['reserved', 'inuse', 'reboot'].includes(row.state)) throw new LabError('reservation.not-ready');
    if (row.access_opened_at === null) throw new LabError('reservation.not-connected');
    const open = await connectionOf(reader, deps, me, row);
    if (!open)
      throw new LabError('reservation.not-ready', { detail: 'Your account is being made on it: a moment.' });
    return open;
  });
}

/** Null while somebody else's account on a server is not open yet. */
async function connectionOf(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  row: ReservationListRow,
): Promise<ConnectionView | null> {
  const account = row.user_id === me.id ? row : await openAccount(reader, row.id, me.id);
  if (!account) return null;
  const { userAddress, bindAddress, publicAddress } = forwardSettings(deps, row);
  const [keys] = await reader.rows<{ n: number }>('SELECT COUNT(*) AS n FROM ssh_keys WHERE user_id = ?', [
    me.id,
  ]);
  const forwards = userAddress === 'forwarded';
  const method = ({ name, ...machine }: Way): ConnectMethodView => {
    const host = forwards ? publicAddress : (machine.user_host ?? '');
    const port = machine.user_port ?? sshPort;
    return {
      ...{ method: 'ssh', machine: name, host, port, username: account.username },
      password: account.password === null ? '' : deps.cipher.open(account.password),
      hostKeys: JSON.parse(machine.host_keys ?? '[]') as string[],
      command: `ssh ${port === sshPort ? '' : `-p ${port} `}${account.username}@${host}`,
      localOnly: ['127.0.0.1', '::1', 'localhost'].includes(forwards ? bindAddress : host),
    };
  };
  const others = row.others > 0 ? await otherMachines(reader, [row.id]) : [];
  const own = { ...row, name: others.length === 0 ? null : mainName };
  return {
    methods: [own, ...others.map((other) => ({ ...other, name: other.member_name }))].map(method),
    reach: row.pool_reach ?? 'none',
    notes: row.image_notes,
    sshKeys: Number(keys?.n ?? 0),
  };
}

/** Where a machine is reached. */
type Way = Pick<ReservationListRow, 'user_host' | 'user_port' | 'host_keys'> & {
  readonly name: string | null;
};

async function openAccount(reader: Reader, id: number, userId: number) {
  const account = await serverAccount(reader, id, userId);
  return account?.opened_as == null ? null : account;
}
