/** An SSH server of our own, for what a real machine does not do when it is asked to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../src/lib/ssh-keys.ts';

export class SshServer {
  readonly hostKey = newKeyPair('host');
  readonly password = 'right';
  connections = 0;
  #server: ssh2.Server;
  readonly #open = new Set<ssh2.Connection>();

  constructor() {
    this.#server = new ssh2.Server({ hostKeys: [this.hostKey.private] }, (client) => this.#serve(client));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get target() {
    const { port } = this.#server.address() as AddressInfo;
    return { host: '127.0.0.1', port, hostKeys: [this.hostKey.public], password: this.password };
  }

  /** Breaks every connection, as a machine does that goes away. */
  cut(): void {
    for (const client of this.#open) client.end();
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #serve(client: ssh2.Connection): void {
    this.connections += 1;
    this.#open.add(client);
    client.on('error', () => undefined);
    client.once('close', () => this.#open.delete(client));
    client.on('authentication', (attempt) => {
      if (attempt.method === 'password' && attempt.password === this.password) attempt.accept();
      else attempt.reject(['password']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => runCommand(acceptExec(), command));
    });
  }
}

function runCommand(channel: ssh2.ServerChannel, command: string): void {
  const child = spawn('sh', ['-c', command]);
  channel.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.once('close', (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
  channel.once('close', () => child.kill('SIGKILL'));
}
