import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning.ts';
import { isRunning } from '../../../src/lib/detached-process.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { guestFiles } from './guest-files.ts';
import type { GuestRecord } from './guest-record.ts';
import { diedAtOnce, neverAnswered } from './problems.ts';
import type { QemuSettings } from './settings.ts';

const look = 500;

/**
 * Runs `answer` until it resolves. `node_broken` when the guest's QEMU ends first, or when `bootSeconds` are over;
 * `signal.reason` when the load was aborted.
 */
export async function waitUntilUp(
  context: ProvisioningContext<QemuSettings>,
  record: GuestRecord,
  answer: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { bootSeconds } = context.settings;
  const over = new AbortController();
  const files = guestFiles(context);
  const late = setTimeout(
    async () => over.abort(await neverAnswered(files, bootSeconds)),
    bootSeconds * 1000,
  );
  const signal = AbortSignal.any([context.signal, over.signal]);
  const watching = watch(record, signal).then(
    async () => over.abort(await diedAtOnce(files)),
    () => undefined,
  );
  try {
    await answer(signal);
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
