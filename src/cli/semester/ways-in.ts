import type { DaemonDeps } from '../../daemon/deps.ts';
import type { Connected } from '../../domain/contracts/os.ts';

/** Nothing is there (RFC 5737). */
const nowhere = { host: '192.0.2.2', port: 22 };

/**
 * Simulated machines with a way in, which leads nowhere: their people press Connect, are on them for as long as they are among `seated`,
 * and leave them used.
 */
export function waysIn(deps: DaemonDeps, seated: ReadonlySet<number>): DaemonDeps {
  const { simulator } = deps.provisioning;
  if (!simulator) return deps;
  const isThere = (id: number): Connected => (seated.has(id) ? 'yes' : 'no');
  return {
    ...deps,
    provisioning: {
      ...deps.provisioning,
      simulator: { ...simulator, user_endpoint: () => Promise.resolve(nowhere) },
    },
    descriptors: { ...deps.descriptors, simulator: { ...simulator, simulated: false } },
    terminals: { ...deps.terminals, terminalsOf: (id) => Promise.resolve(isThere(id)) },
  };
}
