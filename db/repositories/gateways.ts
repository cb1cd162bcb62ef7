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
 * Where a ticket leads: the gateways of the place that its reservation's machine is in, always in the same order, so that
 * all windows of a reservation meet at one. Null when there is no such ticket. The ticket is not used up.
 */
export async function gatewaysOfTicket(reader: Reader, hash: string): Promise<readonly string[] | null> {
  const rows = await reader.rows<{ address: string | null }>(
    `SELECT g.address FROM tickets t
     LEFT JOIN allocations a ON a.reservation_id = t.reservation_id AND a.released_at IS NULL AND a.state <> 'failed'
     LEFT JOIN nodes n ON n.id = a.node_id
     LEFT JOIN gateways g ON g.place_id = n.place_id
     WHERE t.hash = ? ORDER BY a.id DESC, g.name`,
    [hash],
  );
  return rows.length === 0 ? null : rows.flatMap(({ address }) => (address === null ? [] : [address]));
}
