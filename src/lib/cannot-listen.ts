import { once } from 'node:events';
import { createServer } from 'node:net';

/** Listens for a moment; null when it could, else the system's word for why not. `*` is every address. */
export async function cannotListen(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen({ port, exclusive: true, ...(host === '*' || host === '' ? {} : { host }) });
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  } finally {
    server.close();
  }
}
