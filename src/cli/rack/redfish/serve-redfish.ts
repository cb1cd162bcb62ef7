/** Puts a machine's Redfish service on a port, with TLS. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ownCertificate } from './certificate.ts';
import { redfishService } from './service.ts';
import { type Account, Sessions } from './sessions.ts';
import type { SwitchedMachine } from './switched-machine.ts';

export interface RedfishServing {
  readonly machine: SwitchedMachine;
  /** Keeps the certificate. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly account: Account;
  /** Of the program, told as the BMC's firmware. */
  readonly version: string;
}

export interface ServedRedfish {
  readonly port: number;
  readonly fingerprint: string;
  stop(): Promise<void>;
}

/** Listens. Rejects with the system's word for why it cannot. */
export async function serveRedfish(serving: RedfishServing): Promise<ServedRedfish> {
  const { machine, folder, host, account, version } = serving;
  const { pem, fingerprint } = await ownCertificate(folder, machine.name);
  const state = { machine, version, username: account.username, sessions: new Sessions(account), lit: false };
  const server = createServer({ key: pem, cert: pem }, redfishService(state));
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(serving.port, host, done);
  });
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, fingerprint, stop };
}
