import { z } from 'zod';
import type { PowerState } from '../../../src/domain/states.ts';
import { isRunning } from '../../../src/lib/detached-process.ts';
import { QmpError } from '../../../src/lib/qmp.ts';
import type { GuestFiles } from './guest-files.ts';
import { askQemu } from './guest-process.ts';
import type { GuestRecord } from './guest-record.ts';

const statusSchema = z.object({ status: z.string() });

/** What QEMU calls a guest's state, where it is not simply paused (QAPI RunState). */
const powerOf: Readonly<Record<string, PowerState>> = {
  running: 'on',
  prelaunch: 'on',
  shutdown: 'off',
  'guest-panicked': 'crashed',
  'internal-error': 'crashed',
};

/** The power as QEMU tells it. A QEMU that is gone though nobody ended it has crashed; one that does not answer is unknown. */
export async function guestPower(
  files: GuestFiles,
  record: GuestRecord | null,
  signal: AbortSignal,
): Promise<PowerState> {
  if (!record?.process || !(await isRunning(record.process)))
    return record?.power === 'on' ? 'crashed' : 'off';
  try {
    const answer = await askQemu(files, (qmp) => qmp.execute('query-status'), signal);
    return powerOf[statusSchema.parse(answer).status] ?? 'paused';
  } catch (error) {
    if (error instanceof QmpError) return 'unknown';
    throw error;
  }
}
