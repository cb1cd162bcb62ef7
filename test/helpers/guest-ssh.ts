/** A plain SSH client for looking into guests. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ConnectConfig } from 'ssh2';

export interface GuestLogin {
  /** This computer unless told. */
  readonly host?: string;
  readonly port: number;
  readonly username: string;
  readonly privateKey?: string;
  readonly password?: string;
  /** Milliseconds until it must be in; 30,000 unless told. */
  readonly patience?: number;
}

export interface GuestShell {
  /** The host key it showed, base64 as in known_hosts. */
  readonly hostKey: string;
  /** Runs a command; what it printed, standard error last, and its exit code. */
  run(command: string): Promise<{ output: string; code: number }>;
  readonly client: Client;
  close(): void;
}

/** A guest whose network came up a moment ago may hang up on the first to call. */
const mostCalls = 5;

/** Rejects when the login is refused. */
export async function logIn(login: GuestLogin): Promise<GuestShell> {
  for (let call = 1; ; call++) {
    try {
      return await logInOnce(login);
    } catch (error) {
      if (call === mostCalls || !/ECONNRESET|before handshake/.test((error as Error).message)) throw error;
      await sleep(1_000);
    }
  }
}

async function logInOnce({ patience = 30_000, ...login }: GuestLogin): Promise<GuestShell> {
  const client = new Client();
  // one that breaks may say so twice
  client.on('error', () => undefined);
  let hostKey = '';
  const config: ConnectConfig = {
    host: '127.0.0.1',
    ...login,
    readyTimeout: patience,
    hostVerifier: (key: Buffer) => {
      hostKey = key.toString('base64');
      return true;
    },
  };
  client.connect(config);
  await once(client, 'ready');
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
