import { fileURLToPath } from 'node:url';
import { type BuiltAgent, buildAgent } from '../../src/lib/images/build-agent.ts';

const cache = fileURLToPath(new URL('../../data/test-cache/', import.meta.url));
/** Where it lies, as a pool's own lie in its folder. */
export const imageAgents = cache;

/** The imaging agent for virtual machines, built once for all tests. */
export async function imageAgent(): Promise<BuiltAgent> {
  return await buildAgent({ kernel: 'cloud', outDir: cache, cacheDir: `${cache}packages` });
}
