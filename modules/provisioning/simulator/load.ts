import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { Loaded } from '../../../src/domain/contracts/provisioning.ts';
import { revisionName } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import type { LoadPhase } from '../../../src/domain/load-phases.ts';
import { hour } from '../../../src/domain/time.ts';
import { pass as passTime } from '../../../src/lib/clock.ts';
import { wantedRevision } from '../shared/wanted-revision.ts';
import { drawLoad, type LoadCourse } from './draw.ts';
import { nodeFile, readNode, removeNode, type SimulatedNode, writeNode } from './node-file.ts';
import type { SimulatorSettings } from './settings.ts';

type Context = ProvisioningContext<SimulatorSettings>;

const steps = [
  { says: 'making the disk', phase: 'prepare' },
  { says: 'starting the machine', phase: 'power' },
  { says: 'waiting for the system', phase: 'boot' },
] as const satisfies readonly { says: string; phase: LoadPhase }[];

/** Takes the drawn time, reporting steps; ends as it was drawn. A machine that failed to load is gone. */
export async function load(context: Context): Promise<Loaded> {
  context.signal.throwIfAborted();
  const revision = wantedRevision(context, ['simulated']);
  const present = await readNode(context);
  if (present?.phase === 'loaded' && present.power === 'on' && present.revisionId === revision.id) {
    return { changed: false, management: null };
  }
  const loading: SimulatedNode = {
    run: randomUUID(),
    phase: 'loading',
    power: 'on',
    revisionId: revision.id,
    image: revisionName(revision),
  };
  try {
    await mkdir(context.directory, { recursive: true, mode: 0o700 });
    await writeNode(context, loading);
    await removeNode(context, 'this-load');
    await pass(context);
    await writeNode(context, { ...loading, phase: 'loaded' });
    return { changed: true, management: null };
  } catch (error) {
    // whoever took this load over in the meantime goes on with it
    const left = await readNode(context);
    if (left?.run === loading.run) await rm(nodeFile(context), { force: true });
    throw error;
  }
}

async function pass(context: Context): Promise<void> {
  const { node, attempt, signal, settings } = context;
  const course = drawLoad(settings, { node: node.id, load: node.load, attempt });
  while (course.hangs) await passTime(hour, signal);
  for (const [index, step] of steps.entries()) {
    context.progress(step.says, index / steps.length, { phase: step.phase });
    await part(course, index, signal);
  }
}

/** One step's share of the time; throws when the drawn failure lies in it. */
async function part({ seconds, failure }: LoadCourse, index: number, signal: AbortSignal): Promise<void> {
  const from = index / steps.length;
  const until = (index + 1) / steps.length;
  const fails = failure !== null && failure.after < until;
  const share = fails ? failure.after - from : until - from;
  if (seconds > 0) await passTime(seconds * share * 1000, signal);
  else signal.throwIfAborted();
  if (fails) throw new ModuleError(failure.kind, `The simulated machine failed while ${steps[index]?.says}`);
}
