/** What is asked of a BMC besides switching: how it is, and whether it is as it was. */
import type { BmcAudit, BmcLook } from '../../../../src/domain/contracts/facts.ts';
import type { BmcSensor } from '../bmc/bmc.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import type { Metal } from './metal.ts';

/** What it cannot say at all has nobody changed by it. */
export async function audit_bmc({ bmc, context: { signal } }: Metal): Promise<BmcAudit> {
  const { users } = await bmc.capabilities(signal);
  const accounts = users ? await bmc.users(signal) : [];
  const override = await bmc.bootOverride(signal);
  // The network is what we set ourselves; a machine without a job finds nothing there but its own disk.
  const device = override === null || override === 'other' ? override : override.device;
  const { version } = await bmc.info(signal);
  return {
    accounts: accounts.map(
      ({ id, name, role, enabled }) => `${id} ${name}, ${role}, ${enabled ? 'enabled' : 'disabled'}`,
    ),
    boot: device === 'network' || device === 'disk' ? null : device,
    version,
  };
}

export async function look_at_bmc({ bmc, context: { signal } }: Metal): Promise<BmcLook> {
  try {
    const power = await bmc.power(signal);
    return { power, silent: null, troubles: (await sensorsOf()).flatMap(trouble) };
  } catch (error) {
    if (error instanceof BmcError) return { power: 'unknown', silent: error.message, troubles: [] };
    throw error;
  }

  /** Many have none, or answer with nonsense: that is no trouble of the machine. */
  async function sensorsOf(): Promise<readonly BmcSensor[]> {
    try {
      return await bmc.sensors(signal);
    } catch (error) {
      if (error instanceof BmcError) return [];
      throw error;
    }
  }
}

function trouble({ name, value, unit, health }: BmcSensor): string[] {
  if (health !== 'warning' && health !== 'critical') return [];
  return [`${name}: ${value === null ? 'nothing is read' : `${value} ${unit}`.trim()} (${health})`];
}
