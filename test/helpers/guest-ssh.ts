/** A plain SSH client for looking into guests. */
import { once } from 'node:events';
import { Client, type ConnectConfig } from 'ssh2';

export interface GuestLogin {
  readonly port: number;
  readonly username: string;
  readonly privateKey?: string;
  readonly password?: string;
}

export interface GuestShell {
  /** The host key it showed, base64 as in known_hosts. */
  readonly hostKey: string;
  /** Runs a command; what it printed, standard error last, and its exit code. */
  run(command: string): Promise<{ output: string; code: number }>;
  readonly client: Client;
  close(): void;
}

/** Rejects when the login is refused. */
export async function logIn(login: GuestLogin): Promise<GuestShell> {
  const client = new Client();
  let hostKey = '';
  const config: ConnectConfig = {
    ...login,
    host: '127.0.0.1',
    readyTimeout: 30_000,
    hostVerifier: (key: Buffer) => {
      hostKey = key.toString('base64');
      return true;
    },
  };
  client.connect(config);
  await once(client, 'ready');
  client.on('error', () => undefined);
  return { hostKey, client, run: (command) => run(client, command), close: () => client.end() };
}

function run(client: Client, command: string): Promise<{ output: string; code: number }> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let output = '';
      let code = -1;
      channel.on('data', (data: Buffer) => {
        output += data.toString();
      });
      channel.stderr.on('data', (data: Buffer) => {
        output += data.toString();
      });
      channel.on('exit', (exitCode: number | null) => {
        code = exitCode ?? -1;
      });
      channel.on('close', () => resolve({ output, code }));
    });
  });
}
