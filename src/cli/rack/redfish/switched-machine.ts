import type { BmcPower, BootDevice } from '../../../../modules/provisioning/shared/bmc/bmc.ts';
import type { Firmware } from '../../../domain/contracts/facts.ts';

/** A machine of the rack, as its BMC has it in hand. */
export interface SwitchedMachine {
  readonly name: string;
  readonly firmware: Firmware;
  /** Whether its firmware starts nothing that is not signed; null where it knows no Secure Boot. */
  secureBoot(): Promise<boolean | null>;
  power(): Promise<BmcPower>;
  on(): Promise<void>;
  /** Pulls the plug. */
  off(): Promise<void>;
  /** Presses the button, which the system may take no notice of. */
  soft(): Promise<void>;
  reset(): Promise<void>;
  /** What the next start tries first, that one alone; null takes it back. */
  setBoot(device: BootDevice | null): Promise<void>;
  /** Null once the machine was started. */
  boot(): Promise<BootDevice | null>;
}
