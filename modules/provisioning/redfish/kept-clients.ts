/** One client for each BMC, so that its session is used by all that is asked of it; ended when nobody asks any more. */
import type { RedfishAccess, RedfishPatience } from './access.ts';
import { RedfishClient } from './client.ts';

interface Kept {
  readonly client: RedfishClient;
  users: number;
  idle: NodeJS.Timeout | null;
}

const kept = new Map<string, Kept>();

/** Does `work` with the client of that BMC. */
export async function keptClient<T>(
  access: RedfishAccess,
  patience: RedfishPatience,
  work: (client: RedfishClient) => Promise<T>,
): Promise<T> {
  const key = `${access.host}:${access.port ?? 443}`;
  const entry = take(key, access, patience);
  clearTimeout(entry.idle ?? undefined);
  entry.users++;
  try {
    return await work(entry.client);
  } finally {
    entry.users--;
    if (entry.users === 0) entry.idle = setTimeout(() => drop(key, entry), patience.idleMs).unref();
  }
}

function take(key: string, access: RedfishAccess, patience: RedfishPatience): Kept {
  const old = kept.get(key);
  if (old && isSame(old.client, access)) return old;
  if (old) drop(key, old);
  const made: Kept = { client: new RedfishClient(access, patience), users: 0, idle: null };
  kept.set(key, made);
  return made;
}

/** A password that was changed, or a certificate that was pinned or forgotten, begins anew. */
function isSame({ access: known, fingerprint }: RedfishClient, access: RedfishAccess): boolean {
  if (known.username !== access.username || known.password !== access.password) return false;
  return access.fingerprint === known.fingerprint || access.fingerprint === fingerprint;
}

function drop(key: string, entry: Kept): void {
  if (kept.get(key) === entry) kept.delete(key);
  void entry.client.end();
}

/** Ends every session: for a process that is about to end. */
export async function endSessions(): Promise<void> {
  const all = [...kept.entries()];
  kept.clear();
  for (const [, { idle }] of all) clearTimeout(idle ?? undefined);
  await Promise.all(all.map(([, { client }]) => client.end()));
}
