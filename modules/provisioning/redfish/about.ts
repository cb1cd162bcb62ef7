/** What a BMC says of itself, of its accounts, and of what it can do. */
import type { BmcInfo } from '../../../src/domain/contracts/facts.ts';
import type { BmcCapabilities, BmcUser } from '../shared/bmc/bmc.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import { bootPlaceOf, knownLastings } from './boot-override.ts';
import type { RedfishClient } from './client.ts';
import { hasLamp } from './identify.ts';
import { readMembers } from './members.ts';
import { knowsSoftOff } from './power.ts';
import { account, accountService, type ComputerSystem, type Manager, manager } from './schemas.ts';
import { readChassis, readSystem } from './system.ts';

export async function readInfo(client: RedfishClient, signal: AbortSignal): Promise<BmcInfo> {
  const { RedfishVersion, Vendor, Product } = await client.root(signal);
  const system = await readSystem(client, signal);
  const { Manufacturer, Model } = system;
  const own = await readManager(client, system, signal);
  const noSessions = 'It knows no sessions: the password travels with every request.';
  return {
    manufacturer: Vendor ?? Manufacturer ?? null,
    product: Product ?? Model ?? own?.Model ?? null,
    version: own?.FirmwareVersion ?? null,
    protocol: `Redfish ${RedfishVersion}`,
    warnings: (await client.knowsSessions(signal)) ? [] : [noSessions],
    learnt: { cipher: null, fingerprint: client.fingerprint },
  };
}

/** Its accounts; places in which there is none are left out. */
export async function readUsers(client: RedfishClient, signal: AbortSignal): Promise<readonly BmcUser[]> {
  const service = (await client.root(signal)).AccountService?.['@odata.id'];
  if (service === undefined)
    throw new BmcError('unsupported', `The BMC at ${client.address} does not tell its accounts.`);
  const { Accounts } = await client.read(service, accountService, signal);
  const accounts = await readMembers(client, Accounts['@odata.id'], account, signal);
  return accounts
    .filter(({ UserName }) => UserName)
    .map(({ Id, UserName, RoleId, Enabled }) => ({
      id: Id,
      name: UserName ?? '',
      enabled: Enabled ?? true,
      role: RoleId ?? '',
    }));
}

export async function readCapabilities(client: RedfishClient, signal: AbortSignal): Promise<BmcCapabilities> {
  const system = await readSystem(client, signal);
  const cases = await readChassis(client, system, signal);
  const place = await bootPlaceOf(client, system, signal);
  return {
    softOff: await knowsSoftOff(client, system, signal),
    bootOverride: place ? knownLastings(place.boot) : [],
    identify: [system, ...cases].some(hasLamp),
    sensors: cases.some(({ Thermal, Sensors }) => Thermal ?? Sensors),
    users: (await client.root(signal)).AccountService !== undefined,
    console: false,
  };
}

/** The part of the BMC that is the BMC; null where it does not say which. */
async function readManager(
  client: RedfishClient,
  { Links }: ComputerSystem,
  signal: AbortSignal,
): Promise<Manager | null> {
  const path = Links?.ManagedBy?.[0]?.['@odata.id'];
  return path === undefined ? null : await client.read(path, manager, signal);
}

/** Redfish has no console of its own: it says by which other door there is one. */
export async function noConsole(client: RedfishClient, signal: AbortSignal): Promise<never> {
  const system = await readSystem(client, signal);
  const { SSH, IPMI } = system.SerialConsole ?? {};
  const own = (await readManager(client, system, signal))?.SerialConsole;
  const doors = [
    ...(SSH?.ServiceEnabled ? [`SSH (port ${SSH.Port ?? 22})`] : []),
    ...(IPMI?.ServiceEnabled ? ['IPMI'] : []),
  ];
  if (doors.length === 0 && own?.ServiceEnabled) doors.push(...(own.ConnectTypesSupported ?? []));
  const has = doors.length === 0 ? 'names no other way' : `has one by ${doors.join(', ')}`;
  throw new BmcError(
    'unsupported',
    `Redfish carries no serial console. The BMC at ${client.address} ${has}.`,
  );
}
