import { watchClosedAccounts } from './closed-accounts.ts';
import { createDaemon, type Daemon } from './create-daemon.ts';
import type { DaemonDeps } from './deps.ts';
import type { Gateway, GatewaySettings } from './gateway/contract.ts';
import { createGateway } from './gateway/gateway.ts';
import { gatewayDoors, terminalsOf } from './gateway-doors.ts';

export interface ManagementNode extends Pick<Daemon, 'start' | 'stop'> {
  readonly gateway: Gateway;
}

export interface ManagementNodeOptions {
  readonly publicUrl: string | null;
  readonly gateway: GatewaySettings;
}

/** A daemon with its gateway, bound to each other. */
export function createManagementNode(
  deps: Omit<DaemonDeps, 'terminals' | 'openProxy'>,
  options: ManagementNodeOptions,
): ManagementNode {
  const bound: DaemonDeps = {
    ...deps,
    openProxy: (socketPath, guest) => gateway.listenProxy(socketPath, guest),
    terminals: {
      terminalsOf: (id) => terminalsOf(deps, id),
      closeTerminals: async (id, reason) => gateway.closeTerminals(id, reason),
      say: async (id, sentence) => gateway.say(id, sentence),
    },
  };
  const gateway = createGateway({
    ...gatewayDoors(bound),
    publicUrl: options.publicUrl,
    settings: options.gateway,
    log: deps.log,
  });
  const daemon = createDaemon(bound);
  let stopWatching = () => {};
  return {
    gateway,
    async start() {
      await daemon.start();
      stopWatching = watchClosedAccounts(deps, gateway);
    },
    async stop() {
      stopWatching();
      await gateway.close();
      await daemon.stop();
    },
  };
}
