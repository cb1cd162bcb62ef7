import type { SeenMachine } from '../../../../src/domain/contracts/bare-metal.ts';
import type { PoolContext } from '../../../../src/domain/contracts/provisioning-context.ts';
import { readSeen } from './image-server/seen-machines.ts';
import { serveImages } from './serve-images.ts';
import type { MetalSettings } from './settings.ts';

/** The image server has to run for that, and to know of the ways that were added: it is seen to here. */
export async function list_seen(context: PoolContext<MetalSettings>): Promise<readonly SeenMachine[]> {
  const { directory, settings, signal } = context;
  signal.throwIfAborted();
  if (settings.imageServer === '' && settings.imageSockets === '') return [];
  await serveImages(context);
  const seen = await readSeen(directory);
  return seen.map(({ mac, firstAt, lastAt, times }) => ({ mac, firstAt, lastAt, times }));
}
