import type { Reader, Tx } from '../transaction.ts';

/** The gateway of a daemon: `name` is the daemon's on its place, `address` is `unix:/path` or `http://host:port`. */
export interface GatewayOf {
  readonly placeId: number;
  readonly name: string;
  readonly address: string;
}

/** Says where a daemon's gateway is reached; what its predecessor said is forgotten. */
export async function tellGateway(tx: Tx, { placeId, name, address }: GatewayOf): Promise<void> {
  await tx.table('gateways').where({ place_id: placeId, name }).delete();
  await tx.table('gateways').insert({ place_id: placeId, name, address, since: tx.now });
}

export async function forgetGateway(tx: Tx, { placeId, name, address }: GatewayOf): Promise<void> {
  await tx.table('gateways').where({ place_id: placeId, name, address }).delete();
}

/**
 * Where a ticket leads: the gateways of the place that its reservation's machine, or its node, is in, always in the same order,
 * so that all windows of a reservation meet at one. Null when there is no such ticket. The ticket is not used up.
 */
export async function gatewaysOfTicket(reader: Reader, hash: string): Promise<readonly string[] | null> {
  const [ticket] = await reader.rows<{ reservation_id: number; args: string }>(
    'SELECT reservation_id, args FROM tickets WHERE hash = ?',
    [hash],
  );
  if (!ticket) return null;
  const { nodeId } = JSON.parse(ticket.args) as { nodeId?: number };
  return nodeId === undefined ? ofReservation(reader, ticket.reservation_id) : ofNode(reader, nodeId);
}

async function ofReservation(reader: Reader, id: number): Promise<readonly string[]> {
  const rows = await reader.rows<{ address: string }>(
    `SELECT g.address FROM allocations a JOIN nodes n ON n.id = a.node_id JOIN gateways g ON g.place_id = n.place_id
       WHERE a.reservation_id = ? AND a.released_at IS NULL AND a.state <> 'failed' ORDER BY a.id DESC, g.name`,
    [id],
  );
  return rows.map(({ address }) => address);
}

async function ofNode(reader: Reader, id: number): Promise<readonly string[]> {
  const rows = await reader.rows<{ address: string }>(
    'SELECT g.address FROM nodes n JOIN gateways g ON g.place_id = n.place_id WHERE n.id = ? ORDER BY g.name',
    [id],
  );
  return rows.map(({ address }) => address);
}
