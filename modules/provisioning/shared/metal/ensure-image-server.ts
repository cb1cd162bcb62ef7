/** The image server of a pool: found, started when it is not there, replaced when it does not answer. */
import { mkdir, open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { writeFileAtomic } from '../../../../src/lib/atomic-file.ts';
import { isRunning, killProcess, startDetached } from '../../../../src/lib/detached-process.ts';
import { askSocket } from '../../../../src/lib/http-server.ts';
import { ownProgram } from '../../../../src/lib/own-program.ts';
import { createQueue } from '../../../../src/lib/queue.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import type { ServerConfig } from './image-server/config.ts';
import { imageServerVersion } from './image-server/run-image-server.ts';
import { type MetalFiles, metalFiles } from './metal-files.ts';
import { readJson } from './read-json.ts';

const entry = new URL('./image-server/main.ts', import.meta.url);
const answerMs = 15_000;
const startMs = 60_000;
const processSchema = z.object({ pid: z.number(), started: z.string() });
const inTurn = createQueue(1);

/**
 * The pool's image server runs with this configuration and listens for every machine that has a folder now. `failed`, with
 * the end of what it said, when it does not start: an address that is taken, most of all.
 */
export async function ensureImageServer(
  directory: string,
  config: ServerConfig,
  signal?: AbortSignal,
): Promise<void> {
  await inTurn(async () => {
    const files = metalFiles(directory);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFileAtomic(files.serverConfig, `${JSON.stringify(config)}\n`);
    if (await reloads(files)) return;
    await stopImageServer(directory);
    await start(directory, files, signal);
  });
}

/** Cuts what it sends; machines that are being loaded fail. */
export async function stopImageServer(directory: string): Promise<void> {
  const server = await readJson(metalFiles(directory).serverProcess, processSchema);
  if (server) await killProcess(server);
}

async function reloads({ serverSocket }: MetalFiles): Promise<boolean> {
  return await askSocket(serverSocket, 'POST', '/reload', answerMs).then(
    (version) => version === String(imageServerVersion),
    () => false,
  );
}

async function start(directory: string, files: MetalFiles, signal: AbortSignal | undefined): Promise<void> {
  const log = await open(files.serverLog, 'a', 0o600);
  try {
    const { size } = await log.stat();
    const [program, ...args] = ownProgram(entry, directory);
    const id = await startDetached(program, args, { cwd: directory, log: log.fd });
    for (let waited = 0; !(await reloads(files)); waited += 50) {
      if (waited >= startMs || !(await isRunning(id))) {
        await killProcess(id);
        throw await didNotStart(files, size);
      }
      await sleep(50, signal);
    }
  } finally {
    await log.close();
  }
}

async function didNotStart({ serverLog }: MetalFiles, from: number): Promise<ModuleError> {
  const said = (await readFile(serverLog)).subarray(from).toString().trim();
  return new ModuleError(
    'failed',
    `The image server does not start: ${said.slice(-500) || 'it says nothing'}`,
  );
}
