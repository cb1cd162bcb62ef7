import type { CheckedNetwork } from '../../../src/domain/contracts/state.ts';
import type { StateWriter } from '../../../src/domain/contracts/state-writer.ts';

/** Keeps what was found of a pool's imaging network; that it broke, and that it is mended, is an event each. */
export async function noteNetwork(
  writer: StateWriter,
  poolId: number,
  { name: pool, at, checks }: CheckedNetwork,
): Promise<void> {
  const news = await writer.keepNetwork(poolId, checks, at);
  if (news === null) return;
  const says = checks.find(({ result }) => result === 'wrong')?.says ?? null;
  await writer.event(`network-${news}`, { pool, says });
}
