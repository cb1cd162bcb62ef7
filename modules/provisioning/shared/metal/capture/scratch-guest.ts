/**
 * A machine for a moment, made of QEMU: it has the disk of an image under a layer of its own, an identity that nobody else
 * has, the kinds of disk and card that the real machine has, and no way anywhere. It ends with this process at the latest.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint, LoadSecrets } from '../../../../../src/domain/contracts/facts.ts';
import type { BoundOs } from '../../../../../src/domain/contracts/os.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { abortable } from '../../../../../src/lib/abortable.ts';
import { exec } from '../../../../../src/lib/exec.ts';
import { makeSeed } from '../../../../../src/lib/images/make-seed.ts';
import { seedFiles } from '../../../../../src/lib/images/seed.ts';
import { QmpError, withQmp } from '../../../../../src/lib/qmp.ts';
import { sleep } from '../../../../../src/lib/sleep.ts';
import { newLoadSecrets } from '../../../../../src/lib/ssh-keys.ts';
import { forgetShells, waitForSsh } from '../../../../../src/lib/ssh-shell.ts';
import { qemuProgram } from '../../accelerator.ts';
import { listForwards } from '../../forwards.ts';
import { loadIdentity } from '../../load-identity.ts';
import { within } from '../within.ts';
import { type ScratchPlan, scratchCommand, scratchFiles } from './scratch-command.ts';

export interface ScratchGuest {
  /** The image's OS module on it. */
  readonly os: BoundOs;
  /** The qcow2 file with what it wrote. */
  readonly layer: string;
  /** Resolves when it has switched itself off. */
  off(): Promise<void>;
}

/** How long it may take to switch itself off. */
const offSeconds = 120;
/** However large it is: nothing of it is left running for ever. Milliseconds. */
const longest = 24 * 3600 * 1000;

/** Starts it, waits until it lets us in with its new host key, and does `work`. `failed` when it does not come up. */
export async function withScratchGuest<T>(
  plan: ScratchPlan,
  work: (guest: ScratchGuest) => Promise<T>,
): Promise<T> {
  const { context } = plan;
  const secrets = newLoadSecrets();
  await makeDisks(plan, secrets);
  const qemu = await start(plan);
  let endpoint: Endpoint | null = null;
  try {
    endpoint = await endpointOf(plan, qemu.alive);
    await waitForSystem(plan, endpoint, secrets, qemu.alive);
    return await work({
      os: needOs(context)({ endpoint, secrets }),
      layer: join(plan.work, scratchFiles.layer),
      off: () => waitForOff(plan, qemu),
    });
  } finally {
    if (endpoint) forgetShells(endpoint);
    await qemu.end();
    for (const name of Object.values(scratchFiles)) await rm(join(plan.work, name), { force: true });
  }
}

/** `unsupported` where none applies. */
export function needOs({ osAt }: ScratchPlan['context']): NonNullable<typeof osAt> {
  if (osAt) return osAt;
  throw new ModuleError('unsupported', 'There is no OS module for it, which would clean the copy');
}

/** Its own layer over the disk, and a seed as every machine gets one. */
async function makeDisks({ context, work, disk, called }: ScratchPlan, secrets: LoadSecrets): Promise<void> {
  const { signal } = context;
  const identity = loadIdentity({ ...context, secrets });
  const seed = seedFiles({ ...identity, instanceId: `${identity.instanceId}-${called}` });
  await makeSeed(join(work, scratchFiles.seed), seed, { signal });
  const behind = ['-b', disk.file, '-F', disk.format];
  const layer = join(work, scratchFiles.layer);
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', ...behind, layer], { signal });
}

interface Qemu {
  /** Aborts when it ends, whoever ended it, and when the capture is aborted. */
  readonly alive: AbortSignal;
  readonly ended: Promise<void>;
  end(): Promise<void>;
}

async function start(plan: ScratchPlan): Promise<Qemu> {
  const { signal } = plan.context;
  const gone = new AbortController();
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  const options = { cwd: plan.work, signal: over, timeoutMs: longest };
  const ended = exec(qemuProgram, await scratchCommand(plan), options)
    .then(
      () => 'it switched itself off',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    .then((why) =>
      gone.abort(new ModuleError('failed', `The scratch guest of the ${plan.called} ended: ${why}`)),
    );
  return {
    alive: AbortSignal.any([signal, gone.signal]),
    ended,
    async end() {
      stop.abort(new Error('it is needed no longer'));
      await ended;
    },
  };
}

/** The port that leads to its SSH; QEMU may not listen yet. */
async function endpointOf({ work }: ScratchPlan, alive: AbortSignal): Promise<Endpoint> {
  for (;;) {
    try {
      const [forward] = await withQmp(join(work, scratchFiles.qmp), listForwards, { signal: alive });
      if (forward) return { host: '127.0.0.1', port: forward.port };
    } catch (error) {
      alive.throwIfAborted();
      if (!(error instanceof QmpError)) throw error;
    }
    await sleep(50, alive);
  }
}

async function waitForSystem(
  plan: ScratchPlan,
  endpoint: Endpoint,
  secrets: LoadSecrets,
  alive: AbortSignal,
): Promise<void> {
  const { bootSeconds } = plan.context.settings;
  const hostKeys = secrets.hostKeys.map((key) => key.public);
  const target = { ...endpoint, privateKey: secrets.managementKey, hostKeys };
  const answered = await within(bootSeconds, alive, (limited) => waitForSsh({ ...target, signal: limited }));
  if (answered) return;
  const said = (await readFile(join(plan.work, scratchFiles.console), 'latin1').catch(() => ''))
    .replaceAll(/[^\x20-\x7e\n]/g, '')
    .trim()
    .split('\n')
    .at(-1);
  const last = said ? `; its console ends with "${said.slice(-200)}"` : '; its console is empty';
  throw new ModuleError(
    'failed',
    `The ${plan.called} was started on a scratch guest, and did not take a new identity and answer over SSH within ${bootSeconds} s${last}`,
  );
}

async function waitForOff({ context, called }: ScratchPlan, { ended }: Qemu): Promise<void> {
  if (await within(offSeconds, context.signal, (limited) => abortable(ended, limited))) return;
  throw new ModuleError(
    'failed',
    `The scratch guest of the ${called} did not shut down within ${offSeconds} s`,
  );
}
