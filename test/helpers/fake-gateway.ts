/** A gateway that looks like ours from the browser: an echoing shell, a console, a home folder. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { GatewayDoors } from '../../src/web/gateway-doors.ts';

export class FakeGateway implements GatewayDoors {
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly windows = new Set<WebSocket>();
  readonly home = new Map<string, Buffer>();
  /** What was typed into the terminal, and control messages. */
  readonly typed: string[] = [];
  readonly controls: string[] = [];
  /** A file that was received is on the machine after this. */
  written: Promise<unknown> = Promise.resolve();
  consoleText = '';
  /** The shell's own name: another one after a restart. */
  shell = 'first';

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? '/', 'http://gateway');
    if (url.pathname !== '/gateway/files') return false;
    if (request.method === 'PUT') this.#receive(url.searchParams.get('name') ?? '', request, response);
    else this.#list(url.searchParams.get('folder') ?? '', response);
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const url = new URL(request.url ?? '/', 'http://gateway');
    if (!url.pathname.startsWith('/gateway/')) return false;
    this.#sockets.handleUpgrade(request, socket, head, (window) => {
      if (url.pathname === '/gateway/console') this.#showConsole(window);
      else this.#openShell(window);
    });
    return true;
  }

  /** Cuts every window, as a closed lid or a restarted proxy does. */
  cut(): void {
    for (const window of this.windows) window.terminate();
  }

  /** The machine goes away under its shell. */
  lose(): void {
    for (const window of this.windows) window.send(JSON.stringify({ type: 'waiting' }));
  }

  end(reason: string): void {
    for (const window of this.windows) {
      window.send(JSON.stringify({ type: 'ended', reason }));
      window.close();
    }
  }

  close(): void {
    this.cut();
    this.#sockets.close();
  }

  #openShell(window: WebSocket): void {
    this.windows.add(window);
    window.on('close', () => this.windows.delete(window));
    window.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.controls.push(data.toString());
      else {
        this.typed.push(data.toString());
        window.send(Buffer.from(data.toString().replaceAll('\r', '\r\n$ ')));
      }
    });
    window.send(Buffer.from('Welcome to Tiny Linux\r\n$ '));
    window.send(JSON.stringify({ type: 'ready', shell: this.shell }));
  }

  #showConsole(window: WebSocket): void {
    this.windows.add(window);
    window.on('close', () => this.windows.delete(window));
    window.send(Buffer.from(this.consoleText));
  }

  /** The home has one folder, which is empty. */
  #list(folder: string, response: ServerResponse): void {
    const files = [...this.home].map(([name, { length }]) => ({ name, size: length, dir: false }));
    const items = folder === '' ? [{ name: 'work', size: 0, dir: true }, ...files] : [];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ items, truncated: false }));
  }

  #receive(name: string, request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      void this.written.then(() => {
        this.home.set(name, Buffer.concat(parts));
        response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }
}
