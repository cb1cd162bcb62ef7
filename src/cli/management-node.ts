import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import type { PoolRow } from '../../db/rows.ts';
import { reading } from '../../db/transaction.ts';
import { createManagementNode, type ManagementNode } from '../daemon/create-management-node.ts';
import type { DaemonDeps } from '../daemon/deps.ts';
import { defaultGatewaySettings } from '../daemon/gateway/contract.ts';
import { type StoppedGuests, stopGuests } from '../daemon/stop-guests.ts';
import { createMailer } from '../lib/mail.ts';
import { randomLetters } from '../lib/secrets.ts';
import { siteAddress } from './address.ts';
import type { Installation } from './installation.ts';
import { modules } from './modules.ts';

/** Which place of which installation a daemon serves, and what it is called. */
export interface Served {
  readonly installation: string;
  readonly placeId: number;
  readonly name: string;
}

/** The daemon with its gateway. */
export async function makeManagementNode(opened: Installation, served: Served): Promise<ManagementNode> {
  const { config } = opened;
  return createManagementNode(daemonDeps(opened, served), {
    publicUrl: config.publicUrl,
    gateway: {
      ...defaultGatewaySettings,
      upstreamProxy: config.upstreamProxy,
      forbiddenAddresses: await publicAddresses(opened),
    },
  });
}

/** Where people's ways to machines begin: machines never go there through the web proxy, not even round a router. */
async function publicAddresses({ deps }: Installation): Promise<string[]> {
  const pools = await reading(deps.db, (reader) => reader.rows<PoolRow>('SELECT * FROM pools'));
  const settings = pools.map((pool) => JSON.parse(pool.settings) as { publicAddress?: unknown });
  return settings
    .map(({ publicAddress }) => publicAddress)
    .filter((address) => typeof address === 'string')
    .filter((address) => isIP(address) !== 0);
}

/** Stops the guests of a place when no daemon runs: those that nobody reserved, or all. */
export function stopGuestsOf(
  opened: Installation,
  served: Served,
  reserved: boolean,
): Promise<StoppedGuests> {
  const nobody = () => Promise.resolve();
  const terminals = {
    terminalsOf: () => Promise.resolve('no' as const),
    closeTerminals: nobody,
    say: nobody,
  };
  return stopGuests({ ...daemonDeps(opened, served), terminals, openProxy: nobody }, { reserved });
}

function daemonDeps(opened: Installation, served: Served): Omit<DaemonDeps, 'terminals' | 'openProxy'> {
  const { config, data, deps, log } = opened;
  return {
    ...deps,
    ...modules,
    log,
    installation: served.installation,
    placeId: served.placeId,
    dataDirectory: data.path,
    holder: `${served.name}:${randomLetters(12)}`,
    bootSlots: availableParallelism(),
    alerts: { ...config.alerts, siteName: config.siteName, site: siteAddress(config) },
    mailer: config.mail && {
      ...createMailer({ url: config.mail.smtpUrl, from: config.mail.from }),
      site: siteAddress(config),
      from: config.mail.from.replace(/^.*<(.*)>$/, '$1'),
    },
  };
}
