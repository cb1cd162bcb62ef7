/** All members of a collection: in one answer where the service can, else one by one. */
import type { z } from 'zod';
import type { RedfishClient } from './client.ts';
import { collection } from './schemas.ts';

/** More than this is nobody's list of sensors or accounts. */
const mostMembers = 200;

export async function readMembers<Schema extends z.ZodType>(
  client: RedfishClient,
  path: string,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>[]> {
  const { ProtocolFeaturesSupported } = await client.root(signal);
  const expands = ProtocolFeaturesSupported?.ExpandQuery?.NoLinks === true;
  const { Members } = await client.read(expands ? `${path}?$expand=.($levels=1)` : path, collection, signal);
  const read: z.output<Schema>[] = [];
  for (const member of Members.slice(0, mostMembers)) {
    const at = member['@odata.id'];
    const isWhole = Object.keys(member).some((name) => !name.startsWith('@odata.'));
    read.push(isWhole ? client.parse(member, at, schema) : await client.read(at, schema, signal));
  }
  return read;
}
