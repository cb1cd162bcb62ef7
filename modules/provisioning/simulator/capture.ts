import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Captured } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { writeFileAtomic } from '../../../src/lib/atomic-file.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { needNode, power_off } from './power.ts';

/** Writes what a simulated image is: a small text that says so. `conflict` when something else has that name. */
export async function capture(context: ProvisioningContext, target: { file: string }): Promise<Captured> {
  const node = await needNode(context);
  const content = Buffer.from(`${JSON.stringify({ simulated: true, from: node.image })}\n`);
  const present = await readFile(target.file).catch(() => null);
  if (present && !present.equals(content)) {
    throw new ModuleError('conflict', 'An image with that name exists already');
  }
  await context.os?.pre_capture();
  await power_off(context);
  context.progress('saving the disk');
  await sleep(0, context.signal);
  if (!present) await writeFileAtomic(target.file, content, 0o644);
  return {
    changed: !present,
    file: target.file,
    format: 'simulated',
    sizeBytes: content.length,
    virtualBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
