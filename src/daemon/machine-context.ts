/** What the functions of modules are given for one machine. */
import { join } from 'node:path';
import { hardwareFacts } from '../../db/facts.ts';
import type { LoadSecrets, NodeFacts, PoolFacts, RevisionFacts } from '../domain/contracts/facts.ts';
import type { ModuleContext, Progress } from '../domain/contracts/module-context.ts';
import type { BoundOs, OsContext, OsModule } from '../domain/contracts/os.ts';
import { type ProvisioningModule, revisionName } from '../domain/contracts/provisioning.ts';
import type { OtherMachine, ProvisioningContext } from '../domain/contracts/provisioning-context.ts';
import { ModuleError } from '../domain/errors.ts';
import { connectShell } from '../lib/ssh-shell.ts';
import type { DaemonDeps } from './deps.ts';
import type { Looked } from './situation.ts';

/** What binds a machine to its task: when to stop, how to say how far it is, and what to ask before anything is touched. */
export interface Binding {
  readonly looked: Looked;
  readonly revision: RevisionFacts | null;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly attempt: number;
  readonly log: ModuleContext['log'];
  readonly progress: Progress;
  /** Throws when the lease is lost: nothing outside is touched then. */
  guard(): Promise<void>;
  /** Keeps what the machine's console said while it was loaded. */
  readonly keepConsole: (said: Buffer) => Promise<void>;
  /** After each call, for crash tests. */
  step(name: string): void;
}

/** What a module function is given. */
export function contextFor(
  deps: DaemonDeps,
  binding: Binding,
  module: ProvisioningModule,
  node: NodeFacts,
  pool: PoolFacts,
): ProvisioningContext {
  const { rows } = binding.looked;
  const secrets = rows.node?.secrets
    ? (JSON.parse(deps.cipher.open(rows.node.secrets)) as LoadSecrets)
    : null;
  const base: ModuleContext = {
    installation: deps.installation,
    directory: poolDirectory(deps, pool.id),
    node: { ...node, hardware: rows.hardware && hardwareFacts(rows.hardware, deps.cipher.open) },
    pool,
    revision: binding.revision,
    secrets,
    signal: binding.signal,
    deadline: binding.deadline,
    attempt: binding.attempt,
    progress: binding.progress,
    log: binding.log,
  };
  const settings: unknown = module.settings.parse(JSON.parse(rows.pool?.settings ?? '{}'));
  const os = deps.os[binding.revision?.osModule ?? rows.loaded?.os_module ?? ''];
  return {
    ...base,
    settings,
    os: os && secrets ? bindOs(os, base, secrets, binding) : null,
    osAt: os ? (machine) => bindOs(os, elsewhere(base, machine), machine.secrets, binding) : null,
  };
}

/** The same work, on a machine that is not the node's. */
function elsewhere(base: ModuleContext, { endpoint, secrets }: OtherMachine): ModuleContext {
  const hostKeys = secrets.hostKeys.map((key) => key.public);
  return { ...base, secrets, node: { ...base.node, management: endpoint, hostKeys } };
}

/** Where a revision's file lies at its place. */
export function imageFile(deps: Pick<DaemonDeps, 'dataDirectory'>, revision: RevisionFacts): string {
  return join(deps.dataDirectory, 'images', `${revisionName(revision)}.${revision.format}`);
}

/** Where a pool's guests lie at its place. */
export function poolDirectory(deps: Pick<DaemonDeps, 'dataDirectory'>, poolId: number): string {
  return join(deps.dataDirectory, 'pools', String(poolId));
}

const osFunctions = [
  'prepare',
  'add_user',
  'remove_user',
  'open_access',
  'close_access',
  'connected',
  'idle',
  'message',
  'sanitize',
  'pre_capture',
  'post_load',
  'current_image',
  'addresses',
  'connections',
  'meet',
  'reboot',
  'shutdown',
] as const satisfies readonly (keyof OsModule)[]; // prettier-ignore

function bindOs(os: OsModule, base: ModuleContext, secrets: LoadSecrets, binding: Binding): BoundOs {
  const { management, hostKeys } = base.node;
  const unreachable = {
    run: () => Promise.reject(new ModuleError('retry', 'The machine has no management address yet.')),
  };
  const shell = management
    ? connectShell({ ...management, privateKey: secrets.managementKey, hostKeys, signal: base.signal })
    : unreachable;
  const context: OsContext = { ...base, shell };
  const bound = osFunctions.map((name) => {
    const run = os[name] as (context: OsContext, ...rest: unknown[]) => Promise<unknown>;
    const writes = !['connected', 'idle', 'current_image', 'addresses', 'connections'].includes(name);
    return [
      name,
      async (...rest: unknown[]) => {
        const result = await run.call(os, context, ...rest);
        if (writes) binding.step(`os ${name}`);
        return result;
      },
    ];
  });
  return { ...Object.fromEntries(bound), id: os.id } as BoundOs;
}
