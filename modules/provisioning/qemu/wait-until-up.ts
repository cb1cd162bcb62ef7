import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { isRunning } from '../../../src/lib/detached-process.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { chooseAccelerator } from '../shared/accelerator.ts';
import { guestFiles } from './guest-files.ts';
import type { GuestRecord } from './guest-record.ts';
import { diedAtOnce, neverAnswered } from './problems.ts';
import type { QemuSettings } from './settings.ts';

const look = 500;
const tooLate = new Error('the machine does not answer');
const gone = new Error("the machine's QEMU ended");

/**
 * Runs `answer` until it resolves. `node_broken` when the guest's QEMU ends first, `failed` when `bootSeconds` are over;
 * `signal.reason` when the load was aborted.
 */
export async function waitUntilUp(
  context: ProvisioningContext<QemuSettings>,
  record: GuestRecord,
  answer: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const slower = (await chooseAccelerator(context.settings)) === 'tcg' ? 4 : 1;
  const bootSeconds = context.settings.bootSeconds * slower;
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const late = setTimeout(() => over.abort(tooLate), bootSeconds * 1000);
  const watching = watch(record, signal).then(
    () => over.abort(gone),
    () => undefined,
  );
  try {
    await answer(signal);
  } catch (error) {
    if (error === tooLate) throw await neverAnswered(guestFiles(context), bootSeconds);
    if (error === gone) throw await diedAtOnce(guestFiles(context));
    throw error;
  } finally {
    clearTimeout(late);
    over.abort();
    await watching;
  }
}

/** Resolves when the guest's QEMU is gone. */
async function watch({ process }: GuestRecord, signal: AbortSignal): Promise<void> {
  while (process && (await isRunning(process))) await sleep(look, signal);
}
