import {
  type AccessRow,
  accessRows,
  otherPeople,
  type SpellRow,
  spellsOfNode,
  spellsOfPort,
} from '../../../db/queries/who-had-it.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { WhoHadItRequest } from '../administration.ts';
import type { SpellView, WhenceView } from '../administration-views.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';

/**
 * Whose an address or a node was at a time. A way in is its reservation's from when it was opened until the reservation was
 * complete; only one reservation of a place has a port at a time. Throws LabError naming the field.
 */
export async function whoHadIt(
  deps: ServiceDeps,
  me: SignedIn,
  { address = '', node = '', at }: WhoHadItRequest,
): Promise<readonly SpellView[]> {
  if (!may(me, 'events.read')) throw new LabError('not-allowed');
  const asked = address.trim() === '' ? null : parseAddress(address.trim());
  if (asked === null && node.trim() === '')
    throw invalid('address', 'Say an address with its port, or a machine.');
  return reading(deps.db, async (reader) => {
    if (at > reader.now + 60_000) throw invalid('at', 'That time is still to come.');
    const rows =
      asked === null ? await spellsOfNode(reader, node.trim(), at) : await atAddress(reader, asked, at);
    const ids = rows.map((row) => row.reservation_id);
    const access = await accessRows(reader, ids);
    const others = await otherPeople(reader, ids);
    return rows.map((row) => {
      const isIts = (one: { reservation_id: number }) => one.reservation_id === row.reservation_id;
      const names = others.filter(isIts).map(({ name }) => name);
      return spellView(row, access.filter(isIts), names);
    });
  });
}

interface Address {
  readonly host: string | null;
  readonly port: number;
}

/** `host:port`, `[v6]:port` or the port alone. */
function parseAddress(typed: string): Address {
  const [, host = '', digits = ''] = /^(?:ssh:\/\/)?(?:\[?([^[\]]*?)\]?:)?(\d{1,5})$/.exec(typed) ?? [];
  const port = Number(digits);
  if (port < 1 || port > 65_535)
    throw invalid('address', 'An address with its port, such as 203.0.113.5:22041.');
  return { host: host === '' ? null : host.toLowerCase(), port };
}

/** Of each place the last that was opened before, unless it was over; those whose host was asked for alone, where there are any. */
async function atAddress(reader: Reader, { host, port }: Address, at: number): Promise<SpellRow[]> {
  const rows = await spellsOfPort(reader, port, at);
  const last = rows.filter(
    (row, index) => rows.findIndex(({ place_id }) => place_id === row.place_id) === index,
  );
  const had = last.filter((row) => row.ended_at === null || Number(row.ended_at) >= at);
  const exact = had.filter((row) => Object.values(JSON.parse(row.data) as object).includes(host));
  return exact.length > 0 ? exact : had;
}

const how: Readonly<Record<string, WhenceView['how']>> = {
  acknowledged: 'connect',
  'connect-pressed': 'connect',
  'terminal-opened': 'terminal',
  'files-opened': 'files',
  'ssh-seen': 'ssh',
  'ssh-told': 'ssh-told',
};

function spellView(row: SpellRow, access: readonly AccessRow[], others: readonly string[]): SpellView {
  const opened = access.findLast(({ kind }) => kind === 'access-opened');
  const first = access.find(({ kind }) => kind === 'access-opened');
  const { host } = JSON.parse(opened?.data ?? '{}') as { host?: string };
  return {
    reservationId: row.reservation_id,
    user: { id: row.user_id, name: row.user_name, displayName: row.display_name, email: row.email },
    image: row.image_title,
    imageName: row.image_name,
    node: row.node_name,
    nodeId: row.node_id,
    address: opened ? `${host?.includes(':') ? `[${host}]` : host}:${opened.port}` : null,
    from: Number(first?.at ?? row.ready_at ?? row.start_at),
    until: row.ended_at === null ? null : Number(row.ended_at),
    others,
    cameFrom: cameFrom(access, row.user_name),
  };
}

/** Each address once for each thing done from it. */
function cameFrom(access: readonly AccessRow[], person: string): WhenceView[] {
  const all = access.flatMap(({ kind, at, data, actor }) => {
    const { from } = JSON.parse(data) as { from?: string };
    const done = how[kind];
    const by = actor === person ? null : actor;
    return from && done ? [{ address: from.replace(/^::ffff:/, ''), how: done, at: Number(at), by }] : [];
  });
  const same = (a: WhenceView, b: WhenceView) => a.address === b.address && a.how === b.how && a.by === b.by;
  return all.filter((one, index) => all.findIndex((other) => same(one, other)) === index);
}
