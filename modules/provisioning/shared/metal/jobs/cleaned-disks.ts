/** What an agent says of the disks that it cleaned, and whether that will do. */
import { z } from 'zod';
import type { CleanedDisk } from '../../../../../src/domain/contracts/facts.ts';
import type { Inventory } from '../inventory.ts';

export const cleanedDiskSchema = z.object({
  name: z.string(),
  model: z.string(),
  serial: z.string(),
  bytes: z.number(),
  result: z.enum(['clean', 'left', 'failed']),
  method: z.string(),
  seconds: z.number(),
  says: z.string(),
}) satisfies z.ZodType<CleanedDisk>;
type DiskResult = z.output<typeof cleanedDiskSchema>;

const results = new Map<string | undefined, CleanedDisk['result']>([
  ['clean', 'clean'],
  ['left', 'left'],
]);

/**
 * A line `NAME|RESULT|METHOD|SECONDS|SENTENCE` for each disk. One that the machine was found to have, and of which nothing is
 * said, was not cleaned; nor was one of which something else is said than that it was.
 */
export function readCleaned(said: string, { disks }: Pick<Inventory, 'disks'>): DiskResult[] {
  const lines = said.split('\n').flatMap((line) => {
    const [name = '', result, method = '', seconds, ...says] = line.split('|');
    return name === '' ? [] : [{ name, result, method, seconds, says: says.join('|') }];
  });
  const unsaid = disks.filter(
    ({ sectors, name }) => sectors > 0 && !lines.some((line) => line.name === name),
  );
  return [
    ...lines.map(({ name, result, method, seconds, says }) => ({
      ...aboutDisk(name, disks),
      ...{ result: results.get(result) ?? ('failed' as const), method: method.slice(0, 120) },
      ...{ seconds: Math.max(0, Number(seconds) || 0), says: says.slice(0, 300) },
    })),
    ...unsaid.map(({ name }) => ({
      ...aboutDisk(name, disks),
      ...{ result: 'failed' as const, method: '', seconds: 0, says: 'the agent did not say what came of it' },
    })),
  ];
}

function aboutDisk(name: string, disks: Inventory['disks']) {
  const known = disks.find((disk) => disk.name === name);
  const bytes = (known?.sectors ?? 0) * 512;
  return { name: name.slice(0, 40), model: known?.model ?? '', serial: known?.serial ?? '', bytes };
}

/** Why a machine is not clean, in a sentence without its name; null when it is. */
export function whyUnclean(disks: readonly CleanedDisk[]): string | null {
  const failed = disks.filter(({ result }) => result === 'failed');
  if (failed.length === 0) return null;
  const each = failed.map(({ name, says }) => `${name}: ${says || 'it failed'}`);
  return `cleaning failed, so that nobody is given it (${each.join('; ')})`;
}
