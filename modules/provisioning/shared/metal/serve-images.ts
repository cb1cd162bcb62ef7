import type { PoolContext } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { type BuiltAgent, buildAgent } from '../../../../src/lib/images/build-agent.ts';
import { ImageBuildError } from '../../../../src/lib/images/image-tools.ts';
import { createSharedWork } from '../../../../src/lib/shared-work.ts';
import { ensureImageServer } from './ensure-image-server.ts';
import { metalFiles } from './metal-files.ts';
import type { MetalSettings } from './settings.ts';

type Context = Pick<PoolContext<MetalSettings>, 'directory' | 'settings' | 'signal'>;

/** The pool's image server runs, with this version's imaging agent, and knows every way to it that the settings name. */
export async function serveImages(context: Context): Promise<void> {
  const { directory, settings, signal } = context;
  const config = {
    address: addressOf(settings.imageServer),
    sockets: settings.imageSockets === '' ? null : settings.imageSockets,
    ...(await agentFor(context)),
    console: 'console=ttyS0,115200',
  };
  await ensureImageServer(directory, config, signal);
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

/** `10.0.0.1:8070`, `[fd00::1]:8070`; null for an empty text. */
function addressOf(text: string): { readonly host: string; readonly port: number } | null {
  const at = text.lastIndexOf(':');
  if (at < 0) return null;
  return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) };
}
