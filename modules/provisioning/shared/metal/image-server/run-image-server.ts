import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { startOf } from '../../../../../src/lib/detached-process.ts';
import {
  type HttpListener,
  type ListenAt,
  listenHttp,
  sendText,
} from '../../../../../src/lib/http-server.ts';
import { createQueue } from '../../../../../src/lib/queue.ts';
import { macAddress, metalFiles } from '../metal-files.ts';
import { readConfig, type ServerConfig } from './config.ts';
import { machineDoor } from './serve.ts';

/** What the module that starts it must speak: another version is replaced. */
export const imageServerVersion = 3;

interface Place {
  readonly at: ListenAt;
  /** Whose socket it is; null: the address. */
  readonly mac: string | null;
}

/** Listens where the pool's configuration says, until the process ends. Its own socket takes `POST /reload`. */
export async function runImageServer(directory: string): Promise<void> {
  const listening = new Map<string, HttpListener>();
  const inTurn = createQueue(1);

  async function reload(): Promise<void> {
    const wanted = await placesOf(await readConfig(directory));
    for (const [key, listener] of listening) {
      if (wanted.has(key)) continue;
      listening.delete(key);
      await listener.close();
    }
    for (const [key, { at, mac }] of wanted) {
      if (!listening.has(key))
        listening.set(key, await listenHttp(at, machineDoor(directory, mac), complain));
    }
  }

  const files = metalFiles(directory);
  const self = { pid: process.pid, started: await startOf(process.pid) };
  await writeFileAtomic(files.serverProcess, JSON.stringify(self));
  await mkdir(files.jobs, { recursive: true, mode: 0o700 });
  await inTurn(reload);
  await listenHttp(
    { socket: files.serverSocket },
    async (request, response) => {
      if (request.method !== 'POST' || request.url !== '/reload')
        return sendText(response, 404, 'POST /reload\n');
      await inTurn(reload);
      sendText(response, 200, String(imageServerVersion));
    },
    complain,
  );
}

async function placesOf({ address, sockets }: ServerConfig): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  if (address) places.set(`${address.host} ${address.port}`, { at: address, mac: null });
  for (const name of sockets === null ? [] : await readdir(sockets).catch(() => [])) {
    const mac = macAddress(name);
    if (mac === null || sockets === null) continue;
    const socket = join(sockets, name, 'image.sock');
    places.set(socket, { at: { socket }, mac });
  }
  return places;
}

/** To the log beside the configuration. A machine that goes away in the middle is nothing to complain about. */
function complain(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
  process.stdout.write(
    `${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`,
  );
}
