import type { NodeStatus, ProvisioningContext } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { abortable } from '../../../src/lib/abortable.ts';
import { greets } from '../../../src/lib/ssh.ts';
import { judgeStatus } from '../shared/judge-status.ts';
import { guestFiles } from './guest-files.ts';
import { guestPower } from './guest-power.ts';
import { type GuestRecord, readRecord } from './guest-record.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;

/** How long a machine may take to say what it is. */
const patience = 20_000;

export async function node_status(context: Context): Promise<NodeStatus> {
  context.signal.throwIfAborted();
  const files = guestFiles(context);
  const record = await readRecord(files);
  const power = await guestPower(files, record, context.signal);
  const current = record?.phase === 'loaded' ? record : null;
  const system = current && power === 'on' ? await askSystem(context, current) : silent;
  return judgeStatus({ wanted: context.revision, tainted: context.node.tainted, power, current, ...system });
}

/** `imageName-vN` by our own record: a guest's root must not be able to lie about it. */
export async function get_current_image(context: Context): Promise<string | null> {
  context.signal.throwIfAborted();
  const record = await readRecord(guestFiles(context));
  return record?.phase === 'loaded' ? record.image : null;
}

interface SystemAnswer {
  readonly reachable: boolean;
  readonly postLoad: string | null | undefined;
}

const silent: SystemAnswer = { reachable: false, postLoad: undefined };

async function askSystem(context: Context, { management }: GuestRecord): Promise<SystemAnswer> {
  const { os, signal } = context;
  if (!management) return silent;
  if (!os) return { reachable: await greets(management, 5_000, signal), postLoad: undefined };
  const known = context.node.management;
  if (known?.host !== management.host || known.port !== management.port) return silent;
  try {
    const answer = abortable(os.current_image(), AbortSignal.timeout(patience));
    return { reachable: true, postLoad: await abortable(answer, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModuleError || (error as Error).name === 'TimeoutError') return silent;
    throw error;
  }
}
