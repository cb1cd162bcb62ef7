import type { NodeHardware } from '../../../../src/domain/contracts/facts.ts';
import type { ProvisioningContext } from '../../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import type { Bmc } from '../bmc/bmc.ts';
import type { MetalSettings } from './settings.ts';

export const metalFormats = ['qcow2', 'raw'] as const;

/** A bare-metal machine in hand: what is to be done, its BMC, and how its own system is reached. */
export interface Metal {
  readonly context: ProvisioningContext<MetalSettings>;
  readonly bmc: Bmc;
  readonly hardware: NodeHardware;
}

/** What is known of the machine's hardware. `unsatisfiable` where nobody has entered it. */
export function needHardware({ node }: Pick<Metal['context'], 'node'>): NodeHardware {
  if (node.hardware) return node.hardware;
  throw new ModuleError(
    'unsatisfiable',
    `${node.name} has no BMC: enter its address, name and password, so that it can be switched`,
  );
}
