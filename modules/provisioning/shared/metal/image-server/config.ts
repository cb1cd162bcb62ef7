import { z } from 'zod';
import { metalFiles } from '../metal-files.ts';
import { readJson } from '../read-json.ts';

/** What the image server of a pool is told by its module; read at its start and whenever it is asked to. */
export const serverConfigSchema = z.object({
  /** Where machines of an imaging network reach it; null: by sockets alone. */
  address: z.object({ host: z.string(), port: z.number() }).nullable(),
  /**
   * A folder with a folder for each machine, named after its MAC address (`52-54-00-ab-00-01`): there the socket
   * `image.sock` is listened on, which is how it is known who asks.
   */
  sockets: z.string().nullable(),
  kernel: z.string(),
  initramfs: z.string(),
  /** All modules of that kernel, as a file system. */
  modules: z.string(),
  /** What an agent fetches besides that reads a disk. */
  captureTools: z.string(),
  /** A folder of boot loaders, for firmware that fetches its first by HTTP; null: none. */
  loaders: z.string().nullable().default(null),
  /** Of the agent's kernel: `console=ttyS0,115200`. */
  console: z.string(),
});
export type ServerConfig = z.output<typeof serverConfigSchema>;

export async function readConfig(directory: string): Promise<ServerConfig> {
  const config = await readJson(metalFiles(directory).serverConfig, serverConfigSchema);
  if (config === null) throw new Error('image-server.json is missing or not whole');
  return config;
}
