import type { CleanedDisk, NodeFacts } from '../domain/contracts/facts.ts';
import type { Loaded, ProvisioningModule } from '../domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../domain/contracts/provisioning-context.ts';
import type { Machine } from '../domain/contracts/situation.ts';
import { ModuleError } from '../domain/errors.ts';
import { readImageStart } from '../lib/images/image-start.ts';
import { forgetShells } from '../lib/ssh-shell.ts';
import type { DaemonDeps } from './deps.ts';
import { withConsole } from './load-console.ts';
import { type Binding, contextFor, imageFile } from './machine-context.ts';

/** One node's machine. What the module claims is verified: power is read back, the image must match, a defect is named. */
export function bindMachine(deps: DaemonDeps, binding: Binding): Machine {
  const { node, pool } = binding.looked.situation;
  if (!node || !pool) throw new ModuleError('failed', 'The node is gone.');
  const module = deps.provisioning[pool.module];
  if (!module) throw new ModuleError('unsupported', `There is no provisioning module "${pool.module}".`);
  const at = (management: NodeFacts['management']) =>
    contextFor(deps, binding, module, { ...node, management }, pool);
  const freshly = (management: NodeFacts['management']) => {
    const loaded = { ...node, management, tainted: false, revisionId: binding.revision?.id ?? null };
    return contextFor(deps, binding, module, loaded, pool);
  };
  const context = at(node.management);
  const call = caller(binding, module.id);
  const cleanSeconds = module.cleanSeconds?.(context.settings) ?? null;

  const loadAndCheck = async (keepsPerson: boolean) => {
    const cleans = node.unclean && !keepsPerson && cleanSeconds !== null;
    const before = contextFor(deps, binding, module, { ...node, unclean: cleans }, pool);
    const loaded = await call('load', () => module.load(before));
    if (cleans) checkClean(loaded.cleaned);
    binding.progress('checking the machine', undefined, { phase: 'check' });
    const after = freshly(loaded.management);
    await openWeb(deps, module, after);
    if (after.os) {
      await call('prepare', () => after.os?.prepare());
      await call('post_load', () => after.os?.post_load());
    }
    const status = await call('node_status', () => module.node_status(after), false);
    if (status.status !== 'READY')
      throw new ModuleError('node_broken', `It was loaded, but: ${status.reason}`);
    return loaded;
  };

  return {
    simulated: module.simulated === true,
    os: context.os,
    node_status: () => call('node_status', () => module.node_status(context), false),
    cleanSeconds,
    load: ({ keepsPerson = false } = {}) =>
      withConsole(binding, module, context, () => loadAndCheck(keepsPerson)),
    async clean() {
      const disks = await call('clean', () => module.clean?.(context));
      checkClean(disks);
      return disks;
    },
    power_status: () => call('power_status', () => module.power_status(context), false),
    power_on: () => switchTo(call, module, at, () => module.power_on(context)),
    async power_off() {
      const changed = await call('power_off', () => module.power_off(context));
      if ((await call('power_status', () => module.power_status(context), false)) === 'on') {
        throw new ModuleError('retry', 'It was switched off, and is still on.');
      }
      return changed;
    },
    async power_reset() {
      if (node.management) forgetShells(node.management);
      return switchTo(call, module, at, () => module.power_reset(context));
    },
    unload: () => call('unload', () => (module.unload ?? module.power_off)(context) as Promise<void>),
    greet_bmc: () => call('greet_bmc', async () => (await module.greet_bmc?.(context)) ?? null, false),
    async identify() {
      const { identify } = module;
      if (!identify) throw new ModuleError('unsupported', `${node.name} has no lamp.`);
      await call('identify', () => identify(context));
    },
    inspect: () =>
      call('inspect', () => {
        if (module.inspect) return module.inspect(context);
        throw new ModuleError(
          'unsupported',
          'Machines of this pool are none of their own: there is nothing to inspect.',
        );
      }),
    async capture(target) {
      const captured = await call('capture', () =>
        module.capture(context, { file: imageFile(deps, target) }),
      );
      const { format } = captured;
      return format === 'simulated'
        ? captured
        : { ...captured, start: await readImageStart({ ...captured, format }) };
    },
    audit_bmc: () => call('audit_bmc', async () => (await module.audit_bmc?.(context)) ?? null, false),
    look_at_bmc: () => call('look_at_bmc', async () => (await module.look_at_bmc?.(context)) ?? null, false),
    bmcPolicy: module.bmcPolicy?.(context.settings) ?? null,
    join_network: (network) =>
      call('join_network', async () => (await module.join_network?.(context, network)) ?? null),
    user_endpoint: () =>
      call('user_endpoint', async () => (await module.user_endpoint?.(context)) ?? null, false),
    open_forward: (endpoint) => call('open_forward', async () => module.open_forward?.(context, endpoint)),
    connections: (endpoint) =>
      call('connections', async () => (await module.connections?.(context, endpoint)) ?? [], false),
    close_forward: (endpoint) => call('close_forward', async () => module.close_forward?.(context, endpoint)),
  };
}

/** Nobody is given what may hold somebody else's bytes: it takes a word about each disk, and none that it failed. */
function checkClean(disks: readonly CleanedDisk[] | undefined): asserts disks is readonly CleanedDisk[] {
  if (disks?.every(({ result }) => result !== 'failed')) return;
  throw new ModuleError('failed', 'It was not cleaned, so that nobody is given it.', {
    facts: { cleaned: disks },
  });
}

/** Lets a machine's way to the web, where its pool has one, end at the gateway's proxy. */
export async function openWeb(
  deps: DaemonDeps,
  module: ProvisioningModule,
  context: ProvisioningContext,
): Promise<void> {
  const socket = context.pool.reach === 'web' ? await module.proxy_socket?.(context) : null;
  if (socket) await deps.openProxy(socket, { node: context.node.name, load: context.node.load });
}

type Caller = <T>(name: string, work: () => Promise<T> | undefined, writes?: boolean) => Promise<T>;

/** Switches on or resets, and reads the power back. */
async function switchTo(
  call: Caller,
  module: ProvisioningModule,
  at: (management: NodeFacts['management']) => ProvisioningContext,
  work: () => Promise<Loaded>,
): Promise<Loaded> {
  const started = await call('power', work);
  const power = await call('power_status', () => module.power_status(at(started.management)), false);
  if (power !== 'on') throw new ModuleError('retry', `It was switched on, and is ${power}.`);
  return started;
}

/** Before what writes: the lease. Whatever a module throws that is no ModuleError is a defect of it, with its name. */
function caller(binding: Binding, moduleId: string): Caller {
  return async (name, work, writes = true) => {
    binding.signal.throwIfAborted();
    if (writes) await binding.guard();
    try {
      return (await work()) as never;
    } catch (error) {
      binding.signal.throwIfAborted();
      if (error instanceof ModuleError) throw error;
      binding.log.error({ err: error, module: moduleId, function: name }, 'a module threw what it must not');
      throw new ModuleError('failed', `The module ${moduleId} has a defect in ${name}.`, { cause: error });
    } finally {
      if (writes) binding.step(name);
    }
  };
}
