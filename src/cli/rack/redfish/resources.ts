/** What can be read of a rack's machine, by its path. Source: DMTF DSP8010 2024.1, the resources named by `@odata.type`. */
import type { Sessions } from './sessions.ts';
import { sessionSeconds } from './sessions.ts';
import type { SwitchedMachine } from './switched-machine.ts';
import { bootOf, enabledWords, modeWords, resetTypes, targetWords } from './words.ts';

export const root = '/redfish/v1';
export const paths = {
  sessions: `${root}/SessionService/Sessions`,
  system: `${root}/Systems/1`,
  reset: `${root}/Systems/1/Actions/ComputerSystem.Reset`,
} as const;

/** What the service knows besides the machine. */
export interface ServiceState {
  readonly machine: SwitchedMachine;
  readonly username: string;
  readonly version: string;
  readonly sessions: Sessions;
  /** The lamp at the machine: in software it lights nothing. */
  lit: boolean;
}

type Resource = Readonly<Record<string, unknown>>;
const link = (path: string) => ({ '@odata.id': root + path });
const links = (...targets: string[]) => targets.map(link);
const status = { State: 'Enabled', Health: 'OK' };

/** The resource at `path` (below /redfish/v1, '' for the root of it), null where there is none. */
export async function resourceAt(path: string, state: ServiceState): Promise<Resource | null> {
  const [, session] = /^\/SessionService\/Sessions\/(\w+)$/.exec(path) ?? [];
  const content = session === undefined ? await readers[path]?.(state) : sessionResource(session, state);
  return content ? { '@odata.id': path === '' ? `${root}/` : root + path, ...content } : null;
}

const readers: Readonly<Record<string, (state: ServiceState) => Resource | Promise<Resource | null>>> = {
  '': serviceRoot,
  '/SessionService': () => ({
    ...named('#SessionService.v1_1_9.SessionService', 'SessionService', 'Session Service'),
    ...{ ServiceEnabled: true, SessionTimeout: sessionSeconds, Sessions: link('/SessionService/Sessions') },
  }),
  '/SessionService/Sessions': ({ sessions }) =>
    collection('Session', ...sessions.ids().map((id) => `/SessionService/Sessions/${id}`)),
  '/AccountService': () => ({
    ...named('#AccountService.v1_15_1.AccountService', 'AccountService', 'Account Service'),
    ...{ ServiceEnabled: true, Accounts: link('/AccountService/Accounts') },
  }),
  '/AccountService/Accounts': () => collection('ManagerAccount', '/AccountService/Accounts/1'),
  '/AccountService/Accounts/1': ({ username }) => ({
    ...named('#ManagerAccount.v1_12_1.ManagerAccount', '1', 'User Account'),
    ...{ UserName: username, Password: null, RoleId: 'Administrator', Enabled: true, Locked: false },
    AccountTypes: ['Redfish'],
  }),
  '/Systems': () => collection('ComputerSystem', '/Systems/1'),
  '/Systems/1': computerSystem,
  '/Systems/1/SecureBoot': secureBoot,
  '/Chassis': () => collection('Chassis', '/Chassis/1'),
  '/Chassis/1': ({ machine, lit }) => ({
    ...named('#Chassis.v1_25_1.Chassis', '1', machine.name),
    ...{ ChassisType: 'Other', LocationIndicatorActive: lit, Status: status },
    Links: { ComputerSystems: links('/Systems/1'), ManagedBy: links('/Managers/1') },
  }),
  '/Managers': () => collection('Manager', '/Managers/1'),
  '/Managers/1': ({ version }) => ({
    ...named('#Manager.v1_19_1.Manager', '1', 'Manager'),
    ...{ ManagerType: 'BMC', FirmwareVersion: version, Status: status },
    Links: { ManagerForServers: links('/Systems/1'), ManagerForChassis: links('/Chassis/1') },
  }),
};

function serviceRoot(): Resource {
  return {
    ...named('#ServiceRoot.v1_16_1.ServiceRoot', 'RootService', 'Root Service'),
    ...{ RedfishVersion: '1.20.0', Vendor: 'Labrador', Product: 'Rack in software' },
    ...{ Systems: link('/Systems'), Chassis: link('/Chassis'), Managers: link('/Managers') },
    ...{ SessionService: link('/SessionService'), AccountService: link('/AccountService') },
    Links: { Sessions: link('/SessionService/Sessions') },
  };
}

async function computerSystem({ machine, lit }: ServiceState): Promise<Resource> {
  const boot = await bootOf(machine);
  return {
    ...named('#ComputerSystem.v1_22_1.ComputerSystem', '1', machine.name),
    ...{ SystemType: 'Virtual', Manufacturer: 'Labrador', Model: 'Rack in software' },
    ...{ PowerState: (await machine.power()) === 'on' ? 'On' : 'Off', LocationIndicatorActive: lit },
    Status: status,
    ...(machine.firmware === 'uefi' ? { SecureBoot: link('/Systems/1/SecureBoot') } : {}),
    Boot: {
      ...boot,
      'BootSourceOverrideEnabled@Redfish.AllowableValues': enabledWords,
      'BootSourceOverrideTarget@Redfish.AllowableValues': targetWords,
      'BootSourceOverrideMode@Redfish.AllowableValues': [modeWords[machine.firmware]],
    },
    Actions: {
      '#ComputerSystem.Reset': { target: paths.reset, 'ResetType@Redfish.AllowableValues': resetTypes },
    },
    Links: { Chassis: links('/Chassis/1'), ManagedBy: links('/Managers/1') },
  };
}

async function secureBoot({ machine }: ServiceState): Promise<Resource | null> {
  const on = await machine.secureBoot();
  if (on === null) return null;
  return {
    ...named('#SecureBoot.v1_1_2.SecureBoot', 'SecureBoot', 'UEFI Secure Boot'),
    ...{
      SecureBootEnable: on,
      SecureBootCurrentBoot: on ? 'Enabled' : 'Disabled',
      SecureBootMode: 'UserMode',
    },
  };
}

function sessionResource(id: string, { sessions, username }: ServiceState): Resource | undefined {
  if (!sessions.ids().includes(id)) return undefined;
  return { ...named('#Session.v1_7_2.Session', id, 'User Session'), UserName: username };
}

function named(type: string, id: string, name: string): Resource {
  return { '@odata.type': type, Id: id, Name: name };
}

function collection(kind: string, ...members: string[]): Resource {
  return {
    '@odata.type': `#${kind}Collection.${kind}Collection`,
    Name: `${kind} Collection`,
    'Members@odata.count': members.length,
    Members: links(...members),
  };
}
