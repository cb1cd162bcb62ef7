import type { Gateway } from '../daemon/gateway/contract.ts';
import type { Services } from '../services/services.ts';
import { createApp } from '../web/app.ts';
import { type RunningServer, startServer } from '../web/server.ts';
import { CommandError } from './failure.ts';
import type { Installation } from './installation.ts';

export type Door = Pick<Gateway, 'handle' | 'upgrade'>;

/** Puts the site, and behind the same address the gateway, on its port. Rejects with a sentence when the port is taken. */
export function serve({ config, log }: Installation, services: Services, door: Door): Promise<RunningServer> {
  const { host, port, publicUrl, siteName, mail } = config;
  const app = createApp({
    services,
    log,
    config: {
      ...{ publicUrl, siteName, sendsMail: mail !== null },
      secureCookies: publicUrl?.startsWith('https:') === true,
    },
    gateway: door,
  });
  return startServer({ app, host, port, gateway: door }).catch(cannotServe);
}

export function cannotServe(cause: Error): never {
  throw new CommandError(cause.message, 1, { cause });
}
