/** What socat inside QEMU's guestfwd does: speaks to a web proxy over its unix socket. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** `address` is the whole one, as clients of a proxy send it. */
export async function throughProxy(socketPath: string, address: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = asked;
  const sending = request({ socketPath, path: address, method, headers, agent: false });
  sending.end(body);
  const [response] = await once(sending, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Asks for a tunnel; resolves with it and what was answered. */
export async function tunnelThroughProxy(
  socketPath: string,
  authority: string,
): Promise<{ readonly socket: Socket; readonly head: string }> {
  const socket = connect(socketPath);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const [head] = await once(socket, 'data');
  return { socket, head: String(head) };
}

/** Everything that comes until the other side closes. */
export async function rest(socket: Socket): Promise<string> {
  return await text(socket);
}
