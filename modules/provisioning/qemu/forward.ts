import type { Endpoint } from '../../../src/domain/contracts/facts.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { isRunning } from '../../../src/lib/detached-process.ts';
import type { Qmp } from '../../../src/lib/qmp.ts';
import { forgetShells } from '../../../src/lib/ssh-shell.ts';
import { listForwards } from '../shared/forwards.ts';
import { guestFiles } from './guest-files.ts';
import { askQemu } from './guest-process.ts';
import { readRecord } from './guest-record.ts';
import { addForward, replaceNetwork } from './network.ts';
import { asModuleError } from './problems.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;

/** Lets `endpoint.port` of this computer lead to the machine's SSH. `retry` when something else has that port. */
export async function open_forward(context: Context, endpoint: Endpoint): Promise<void> {
  const host = context.settings.bindAddress;
  await askGuest(context, async (qmp) => {
    if ((await listForwards(qmp)).some(({ port }) => port === endpoint.port)) return;
    const complaint = await addForward(qmp, { host, port: endpoint.port });
    if (complaint === '') return;
    throw new ModuleError(
      'retry',
      `Port ${endpoint.port} cannot be forwarded to ${context.node.name}: is it in use?`,
    );
  });
}

/**
 * Closes it. QEMU would leave the connections through a closed port alone, so the network behind the machine's card is
 * replaced by one without that port: the machine keeps its address, and whatever went in or out is cut. A machine whose
 * QEMU is gone has no ways in.
 */
export async function close_forward(context: Context, endpoint: Endpoint): Promise<void> {
  context.signal.throwIfAborted();
  const guest = await readRecord(guestFiles(context));
  if (!guest?.process || !guest.management || !(await isRunning(guest.process))) return;
  const { management } = guest;
  await askGuest(context, async (qmp) => {
    const present = await listForwards(qmp);
    const kept = present.filter(({ port }) => port !== endpoint.port && port !== management.port);
    if (present.length === kept.length + 1) return;
    forgetShells(management);
    await replaceNetwork(qmp, context.pool.reach, [management, ...kept]);
  });
}

async function askGuest(context: Context, question: (qmp: Qmp) => Promise<void>): Promise<void> {
  const { signal } = context;
  signal.throwIfAborted();
  try {
    await askQemu(guestFiles(context), question, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : asModuleError(error);
  }
}
