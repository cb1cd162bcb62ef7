import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { requireTools } from '../../../../../src/lib/images/image-tools.ts';
import type { LoadRecord } from '../load-record.ts';
import type { Metal } from '../metal.ts';
import { power_status } from '../power.ts';
import { ways } from '../ways/ways.ts';
import { onTwoDisks } from './problems.ts';
import { needUefiFirmware } from './scratch-command.ts';
import { needOs } from './scratch-guest.ts';

/** Whatever would be found missing in the end is said now, while the machine is still as its person has it. */
export async function checkCapture(metal: Metal, { way }: LoadRecord, file: string): Promise<void> {
  const { context } = metal;
  needOs(context);
  requireTools('qemu-img', 'qemu-system-x86_64', 'zstd');
  if ((await stat(context.directory)).dev !== (await stat(dirname(file))).dev) throw onTwoDisks();
  if ((await ways[way].startedBy(metal)) === 'uefi') await needUefiFirmware();
  if ((await power_status(metal)) !== 'on')
    throw new ModuleError('failed', `${context.node.name} must be on, so that its system can be shut down`);
}
