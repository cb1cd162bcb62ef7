import type { BmcAccess } from '../../../../src/domain/contracts/facts.ts';
import { isIP } from '../../../../src/lib/is-ip.ts';

/** Where a BMC is, as sentences write it and as its gate is found: the port only where it is another than usual. */
export function bmcAddress({ host, port }: Pick<BmcAccess, 'host' | 'port'>, usualPort: number): string {
  if (port === null || port === usualPort) return host;
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
