/** A plain HTTP server for machines and programs: on an address or on a unix socket. */
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { withSocketPath } from './socket-path.ts';

export type HttpRequest = IncomingMessage;
export type HttpResponse = ServerResponse;
/** Answers a request. What it throws is answered with 500 and told to `failed`. */
export type HttpHandler = (request: HttpRequest, response: HttpResponse) => Promise<void>;

export type ListenAt = { readonly host: string; readonly port: number } | { readonly socket: string };

export interface HttpListener {
  /** Cuts what is still being answered. */
  close(): Promise<void>;
}

/** Rejects with the system's error when the address is taken; a socket file that is there is replaced. */
export async function listenHttp(
  at: ListenAt,
  handle: HttpHandler,
  failed: (error: unknown) => void,
): Promise<HttpListener> {
  const server = createServer({ keepAlive: true }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      failed(error);
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'something went wrong here\n');
    });
  });
  if ('socket' in at) {
    await rm(at.socket, { force: true });
    await withSocketPath(at.socket, async (path) => {
      // Whoever may enter the folder may connect: a machine's QEMU runs as another user there.
      server.listen({ path, readableAll: true, writableAll: true });
      await once(server, 'listening');
    });
  } else {
    server.listen({ host: at.host, port: at.port });
    await once(server, 'listening');
  }
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export function sendText(response: HttpResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'text/plain',
    'content-length': body.length,
    connection: 'close',
  });
  response.end(body);
}

/** Sends a file as it lies there. Rejects when the other side goes away in the middle. */
export async function sendFile(response: HttpResponse, file: string): Promise<void> {
  const handle = await open(file, 'r');
  const { size } = await handle.stat();
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': size,
    connection: 'close',
  });
  await pipeline(handle.createReadStream({ highWaterMark: 256 * 1024 }), response);
}

/** What was sent to us, as text. Rejects when it is longer than `most` bytes. */
export async function readText(from: HttpRequest, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of from as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Error('what was sent is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Asks a server on a unix socket; the text it answers. Rejects when nothing answers, or not with 200, in time. */
export async function askSocket(
  socket: string,
  method: string,
  path: string,
  timeoutMs: number,
): Promise<string> {
  return await withSocketPath(socket, async (socketPath) => {
    const asked = request({ socketPath, method, path, signal: AbortSignal.timeout(timeoutMs) });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [HttpRequest];
    const text = await readText(answer, 64 * 1024);
    if (answer.statusCode !== 200)
      throw new Error(`the server on the socket answered ${answer.statusCode}: ${text}`);
    return text;
  });
}
