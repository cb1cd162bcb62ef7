/** A machine as the standard has it, for vendors to be different from. */
import { type Resources, sessionsPath, type Told } from './vendor-service.ts';

export const link = (path: string) => ({ '@odata.id': path });
export const links = (...paths: string[]) => paths.map(link);
export const collection = (...paths: string[]) => ({
  Members: links(...paths),
  'Members@odata.count': paths.length,
});

export const targets = ['None', 'Pxe', 'Floppy', 'Cd', 'Hdd', 'BiosSetup', 'Utilities', 'UefiTarget'];
export const resets = ['On', 'ForceOff', 'ForceRestart', 'GracefulShutdown', 'PushPowerButton', 'Nmi'];
export const noOverride = { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None' };
const uefi = { BootSourceOverrideMode: 'UEFI' };

export function root(more: object = {}): Record<string, unknown> {
  return {
    RedfishVersion: '1.13.1',
    Systems: link('/redfish/v1/Systems'),
    AccountService: link('/redfish/v1/AccountService'),
    Links: { Sessions: link(sessionsPath) },
    ...more,
  };
}

/** One machine at `path`, with an inline list of resets. */
export function machine(path: string, more: object = {}): Resources {
  const target = `${path}/Actions/ComputerSystem.Reset`;
  return {
    '/redfish/v1/': root(),
    '/redfish/v1/Systems': collection(path),
    [path]: {
      ...link(path),
      PowerState: 'Off',
      Boot: { ...noOverride, ...uefi, 'BootSourceOverrideTarget@Redfish.AllowableValues': targets },
      Actions: { '#ComputerSystem.Reset': { target, 'ResetType@Redfish.AllowableValues': resets } },
      ...more,
    },
  };
}

export const isReset = ({ method, path }: Told) =>
  method === 'POST' && path.endsWith('/ComputerSystem.Reset');
export const isPatch = ({ method }: Told) => method === 'PATCH';
export const bootIn = ({ body }: Told) => (body.Boot ?? {}) as Readonly<Record<string, string>>;
