import { removeJob } from './jobs/job.ts';
import { forgetLoads, readRecord } from './load-record.ts';
import type { Metal } from './metal.ts';
import { power_off } from './power.ts';
import { ways } from './ways/ways.ts';

/** No job, off, and with nothing known of what is on its disk: whoever comes next writes that anew. */
export async function unload(metal: Metal): Promise<void> {
  const { context } = metal;
  await removeJob(context.directory, context.node.mac);
  const record = await readRecord(context);
  await power_off(metal);
  if (record) await ways[record.way].unloaded(metal);
  await forgetLoads(context, 'all');
}
