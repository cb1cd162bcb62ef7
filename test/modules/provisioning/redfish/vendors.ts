/**
 * Services as vendors make them, small. The shapes are those of answers that others recorded and published (NVIDIA's
 * libredfish: iDRAC 9, iLO 5, Supermicro X13, Lenovo XCC, AMI MegaRAC, OpenBMC); how they behave is from the issue threads and
 * the sources of sushy, Ironic, libredfish and ironcore. None was recorded here.
 */
import {
  bootIn,
  collection,
  isPatch,
  isReset,
  link,
  links,
  machine,
  noOverride,
  resets,
  root,
  targets,
} from './plain-machine.ts';
import { merged, type Resources, refusal, sessionsPath, type Vendor } from './vendor-service.ts';

const powerOf = (resources: Resources, path: string) => resources[path]?.PowerState;

/** Refuses what is so already; refuses *on* for a while after *off*; has sixteen places for accounts. */
export function idrac9(refusals: number): Vendor {
  const system = '/redfish/v1/Systems/System.Embedded.1';
  const account = (id: number, UserName: string) => ({
    ...link(`/redfish/v1/AccountService/Accounts/${id}`),
    ...{ Id: String(id), UserName, RoleId: UserName ? 'Administrator' : 'None', Enabled: UserName !== '' },
  });
  const chassis = '/redfish/v1/Chassis/System.Embedded.1';
  let left = refusals;
  return {
    resources: {
      ...machine(system, {
        IndicatorLED: 'Lit',
        Links: { Chassis: links(chassis) },
        Manufacturer: 'Dell Inc.',
      }),
      '/redfish/v1/': root({
        ...{ Vendor: 'Dell', Product: 'Integrated Dell Remote Access Controller' },
        ProtocolFeaturesSupported: { ExpandQuery: { NoLinks: true, Levels: true, MaxLevels: 1 } },
      }),
      '/redfish/v1/AccountService': { Accounts: link('/redfish/v1/AccountService/Accounts') },
      '/redfish/v1/AccountService/Accounts?$expand=.($levels=1)': {
        Members: [account(1, ''), account(2, 'root'), account(3, '')],
      },
      [chassis]: {
        ...link(chassis),
        IndicatorLED: 'Lit',
        Thermal: link(`${chassis}/Thermal`),
        Sensors: link(`${chassis}/Sensors`),
      },
      [`${chassis}/Thermal`]: {
        Fans: [
          {
            FanName: 'System Board Fan1A',
            Name: 'System Board Fan1A',
            Reading: 18600,
            ReadingUnits: 'RPM',
            Status: { Health: 'OK', State: 'Enabled' },
          },
        ],
        Temperatures: [
          { Name: 'System Board Inlet Temp', ReadingCelsius: 23, Status: { Health: 'OK', State: 'Enabled' } },
          { Name: 'CPU2 Temp', ReadingCelsius: null, Status: { Health: null, State: 'Absent' } },
        ],
      },
    },
    answer(told, resources) {
      if (!isReset(told)) return undefined;
      const { ResetType } = told.body;
      if (ResetType === 'On' && powerOf(resources, system) === 'On')
        return refusal(409, 'IDRAC.2.8.PSU501', 'Server is already powered ON.');
      if (ResetType === 'On' && left-- > 0)
        return refusal(
          409,
          'IDRAC.2.8.SYS428',
          'Unable to run the method because the requested HTTP method is not allowed.',
        );
      return undefined;
    },
  };
}

/** The mode is read-only, even where it is so already. */
export function idrac8(): Vendor {
  return {
    resources: machine('/redfish/v1/Systems/System.Embedded.1'),
    answer(told) {
      if (!isPatch(told) || bootIn(told).BootSourceOverrideMode === undefined) return undefined;
      const says =
        'Unable to modify the attribute because the attribute is read-only and depends on other attributes.';
      return refusal(400, 'IDRAC.1.6.SYS410', says);
    },
  };
}

/**
 * Redirects to a slash; gives whole addresses; compares ETags as strong ones; wants a target with what it disables; answers 400 to a
 * wrong password; carries messages without a sentence.
 */
export function ilo5(): Vendor {
  const system = '/redfish/v1/Systems/1/';
  return {
    resources: {
      ...machine(system),
      '/redfish/v1/Systems': collection(system.slice(0, -1)),
      [system]: { ...machine(system)[system], '@odata.etag': 'W/"9B9F7D67"' },
    },
    answer(told) {
      if (told.path === sessionsPath && told.body.Password === 'wrong')
        return {
          status: 400,
          body: {
            error: {
              code: 'iLO.0.10.ExtendedInfo',
              '@Message.ExtendedInfo': [{ MessageId: 'Base.1.4.UnauthorizedLoginAttempt' }],
            },
          },
        };
      if (told.path === system.slice(0, -1))
        return { status: 308, headers: { location: `https://ilo.example${system}` } };
      if (!isPatch(told)) return undefined;
      if (told.headers['if-match'] !== '"9B9F7D67"') return refusal(412, 'Base.1.4.PreconditionFailed');
      const { BootSourceOverrideEnabled: enabled, BootSourceOverrideTarget: target } = bootIn(told);
      if (enabled && !target)
        return refusal(
          400,
          'iLO.2.14.PropertyValueIncompatible',
          'BootSourceOverrideTarget must be set first.',
        );
      return undefined;
    },
  };
}

/** Lists its resets elsewhere; makes UefiBootNext of Pxe; starts in the old way when no mode was sent; lights by a switch. */
export function supermicro(): Vendor {
  const system = '/redfish/v1/Systems/1';
  const info = `${system}/ResetActionInfo`;
  const action = { target: `${system}/Actions/ComputerSystem.Reset`, '@Redfish.ActionInfo': info };
  return {
    resources: {
      ...machine(system, {
        Actions: { '#ComputerSystem.Reset': action },
        ...{ LocationIndicatorActive: false, IndicatorLED: 'Off' },
        SerialConsole: { SSH: { ServiceEnabled: true, Port: 22 }, IPMI: { ServiceEnabled: true, Port: 623 } },
      }),
      [info]: { Parameters: [{ Name: 'ResetType', AllowableValues: [...resets, 'ForceOn', 'PowerCycle'] }] },
    },
    answer(told, resources) {
      const { BootSourceOverrideTarget: target, BootSourceOverrideMode: mode } = bootIn(told);
      if (!isPatch(told) || target !== 'Pxe') return undefined;
      const kept = { ...bootIn(told), BootSourceOverrideTarget: mode === 'UEFI' ? 'UefiBootNext' : 'Pxe' };
      resources[system] = merged(resources[system] ?? {}, {
        Boot: { ...kept, BootSourceOverrideMode: mode ?? 'Legacy' },
      });
      return { status: 200, body: {} };
    },
  };
}

/** Takes the override at `/SD` alone, with an ETag alone; works in its own time; lists a board as a second system. */
export function ami(task: 'Completed' | 'Exception'): Vendor {
  const system = '/redfish/v1/Systems/Self';
  const monitor = '/redfish/v1/TaskService/TaskMonitors/7';
  const known = {
    'BootSourceOverrideEnabled@Redfish.AllowableValues': ['Disabled', 'Once', 'Continuous'],
    'BootSourceOverrideMode@Redfish.AllowableValues': ['UEFI'],
    'BootSourceOverrideTarget@Redfish.AllowableValues': targets,
  };
  let looks = 0;
  return {
    resources: {
      ...machine(system, {
        '@Redfish.Settings': { SettingsObject: link(`${system}/SD`) },
        Boot: { ...noOverride, BootSourceOverrideMode: null },
      }),
      '/redfish/v1/Systems': collection('/redfish/v1/Systems/HGX_Baseboard_0', system),
      '/redfish/v1/Systems/HGX_Baseboard_0': {
        ...link('/redfish/v1/Systems/HGX_Baseboard_0'),
        PowerState: 'On',
        Boot: null,
      },
      [`${system}/SD`]: {
        '@odata.etag': '"1720574208"',
        Boot: { ...noOverride, BootSourceOverrideMode: null, ...known },
      },
    },
    answer(told, resources) {
      if (isPatch(told) && told.path === system)
        return refusal(
          400,
          'Ami.1.0.OperationSupportedInFutureStateURI',
          'Support of this Operation for Boot Properties is moved to FutureState URI.',
        );
      if (isPatch(told) && told.headers['if-match'] === undefined)
        return refusal(428, 'Base.1.12.PreconditionRequired');
      if (isReset(told)) return { status: 202, headers: { location: monitor }, body: { TaskState: 'New' } };
      if (told.path !== monitor) return undefined;
      if (++looks < 3) return { status: 202, body: { TaskState: 'Running' } };
      const machineItself = resources[system];
      if (task === 'Completed' && machineItself) machineItself.PowerState = 'On';
      return {
        status: 200,
        body: { '@odata.id': monitor, TaskState: task, Messages: [{ Message: 'The supply is missing.' }] },
      };
    },
  };
}

/** Has a settings object that does not know the override, and none that lasts. */
export function xcc(): Vendor {
  const system = '/redfish/v1/Systems/1';
  const pending = `${system}/Pending`;
  const made = machine(system, { '@Redfish.Settings': { SettingsObject: link(pending) } });
  const boot = { 'BootSourceOverrideEnabled@Redfish.AllowableValues': ['Once', 'Disabled'] };
  return {
    resources: {
      ...made,
      [system]: merged(made[system] ?? {}, { Boot: boot }),
      [pending]: { ...link(pending), Boot: { BootOrder: ['Boot0003', 'Boot0002'] } },
    },
  };
}

/** Knows no mode; has sensors one by one; asks for the role Administrator. */
export function openBmc(): Vendor {
  const system = '/redfish/v1/Systems/System_0';
  const chassis = '/redfish/v1/Chassis/BMC_0';
  const sensor = `${chassis}/Sensors/Temp_0`;
  return {
    resources: {
      ...machine(system, {
        Boot: { ...noOverride, 'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd'] },
        Links: { Chassis: links(chassis), ManagedBy: links('/redfish/v1/Managers/BMC_0') },
      }),
      [chassis]: { ...link(chassis), LocationIndicatorActive: false, Sensors: link(`${chassis}/Sensors`) },
      [`${chassis}/Sensors`]: collection(sensor),
      [sensor]: {
        Name: 'BMC Temp 0',
        Reading: 41.5,
        ReadingUnits: 'Cel',
        Status: { Health: 'Critical', State: 'Enabled' },
      },
      '/redfish/v1/Managers/BMC_0': { Model: 'OpenBmc', FirmwareVersion: 'GB200Nvl-24.12-8' },
    },
  };
}
