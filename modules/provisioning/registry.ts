/** Every provisioning module. Written by hand; a test holds it against the folders beside it. */
import type { ProvisioningModule } from '../../src/domain/contracts/provisioning.ts';
import { ipmi } from './ipmi/ipmi.ts';
import { qemu } from './qemu/qemu.ts';
import { redfish } from './redfish/redfish.ts';
import { simulator } from './simulator/simulator.ts';

export const provisioning = { ipmi, qemu, redfish, simulator } satisfies Record<string, ProvisioningModule>;
export type ProvisioningId = keyof typeof provisioning;
