import type { RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { type NodeStatus, revisionName } from '../../../src/domain/contracts/provisioning.ts';
import type { PowerState } from '../../../src/domain/states.ts';

/** What a module found out about a node. */
export interface Findings {
  readonly wanted: RevisionFacts | null;
  readonly tainted: boolean;
  readonly power: PowerState;
  /** What the backend (not the guest) knows to be on it. */
  readonly current: { readonly revisionId: number; readonly image: string } | null;
  readonly reachable: boolean;
  /** The first line of currentimage.txt, null before post_load; undefined where no OS module applies. */
  readonly postLoad: string | null | undefined;
}

/** VCL's rule (Provisioning.pm node_status), with the control plane's word instead of the guest's for what is loaded. */
export function judgeStatus(found: Findings): NodeStatus {
  const { power, reachable } = found;
  return { ...verdict(found), power, reachable, currentImage: found.current?.image ?? null };
}

function verdict({ wanted, tainted, power, current, reachable, postLoad }: Findings) {
  const reload = (reason: string) => ({ status: 'RELOAD', reason }) as const;
  if (!wanted) return reload('No image is wanted on it.');
  const name = revisionName(wanted);
  if (!current) return reload('Nothing is loaded on it.');
  if (current.revisionId !== wanted.id) return reload(`It holds ${current.image}, not ${name}.`);
  if (power !== 'on') return reload(`Its power is ${power}.`);
  if (tainted) return reload('Somebody could have logged in to it since it was loaded.');
  if (!reachable) return reload('It does not answer.');
  if (postLoad === null) return { status: 'POST_LOAD', reason: 'Only post-load is missing.' } as const;
  if (postLoad !== undefined && postLoad !== name) return reload(`Its system says that it is ${postLoad}.`);
  return { status: 'READY', reason: `${name} runs, untouched.` } as const;
}
