import { abortable } from './abortable.ts';

const patience = 10_000;

/** Sends JSON to an address and wants nothing of the answer but that it was taken. Throws what fetch throws, and Error for another status. */
export async function postJson(address: string, body: unknown, signal: AbortSignal): Promise<void> {
  const asked = fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });
  const response = await abortable(asked, signal);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it was answered with ${response.status}`);
}
