import type { NetworkPart } from '../../../../src/domain/contracts/provisioning.ts';
import type { PoolContext } from '../../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { type BuiltAgent, buildAgent } from '../../../../src/lib/images/build-agent.ts';
import { ImageBuildError } from '../../../../src/lib/images/image-tools.ts';
import { createSharedWork } from '../../../../src/lib/shared-work.ts';
import { addressOf } from './address-of.ts';
import { ensureImageServer } from './ensure-image-server.ts';
import { dhcpPlan } from './imaging-network/dhcp-plan.ts';
import { ensureDhcp } from './imaging-network/ensure-dhcp.ts';
import { metalFiles } from './metal-files.ts';
import type { MetalSettings } from './settings.ts';

type Context = Pick<PoolContext<MetalSettings>, 'directory' | 'settings' | 'signal'>;

/**
 * The pool's image server runs, with this version's imaging agent, and knows every way to it that the settings name; so does the
 * DHCP service, where this computer is to be one. `begins`: is told which part is worked on.
 */
export async function serveImages(
  context: Context,
  begins: (part: Exclude<NetworkPart, 'machine' | 'route'>) => void = () => undefined,
): Promise<void> {
  const { directory, settings, signal } = context;
  begins('tftp');
  const plan = await dhcpPlan(directory, settings, signal);
  begins('images');
  const agent = await agentFor(context);
  const config = {
    address: addressOf(settings.imageServer),
    sockets: settings.imageSockets === '' ? null : settings.imageSockets,
    ...agent,
    console: 'console=ttyS0,115200',
    loaders: plan?.loaders ?? null,
  };
  begins('http');
  await ensureImageServer(directory, config, signal);
  begins('dhcp');
  await ensureDhcp(directory, plan, signal);
}

/** Made once for each process: what a machine that is being loaded had begun with stays. */
const agents = new Map<string, BuiltAgent>();
const building = createSharedWork<BuiltAgent>();

async function agentFor({
  directory,
  settings: { agentKernel: kernel },
  signal,
}: Context): Promise<BuiltAgent> {
  const key = `${kernel} ${directory}`;
  const build = async () => {
    const agent = await buildAgent({ kernel, outDir: metalFiles(directory).agents, signal });
    agents.set(key, agent);
    return agent;
  };
  try {
    return await building(key, async () => agents.get(key) ?? (await build()), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ImageBuildError) throw new ModuleError('failed', error.message, { cause: error });
    throw error;
  }
}
