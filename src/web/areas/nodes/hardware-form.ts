import { z } from 'zod';
import { firmwares } from '../../../domain/contracts/facts.ts';
import type { HardwareText } from '../../../services/services.ts';
import type { HardwareView } from '../../../services/views.ts';

const text = (most: number) => z.string().trim().max(most, `At most ${most} characters.`).default('');

/** What is typed of a bare-metal machine; services say what is wrong with it. */
export const HardwareForm = z.object({
  ...{
    bmcHost: text(253),
    bmcPort: text(5),
    bmcUsername: text(64),
    bmcPassword: z.string().max(200).default(''),
  },
  firmware: z.enum(firmwares, 'must be bios or uefi.').optional(),
  ...{ address: text(253), sshPort: text(5) },
});

/** What was filled in of it. */
export function filledIn(form: z.output<typeof HardwareForm>): HardwareText {
  return Object.fromEntries(Object.entries(form).filter(([, typed]) => typed !== ''));
}

/** A field as it is drawn. */
export interface HardwareField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
}

const fields = {
  bmcHost: ['BMC', 'the address of the small computer that switches the machine'],
  bmcPort: ['Its port', 'empty: the usual one'],
  bmcUsername: ['Name for the BMC', 'an administrator of it'],
  bmcPassword: ['Password for the BMC', ''],
  address: ["The machine's own address", 'where its SSH answers once it is loaded'],
  sshPort: ['Its SSH port', 'empty: 22'],
} as const;

/** `hints` replaces those that mean something else where they stand. */
export function hardwareFields(hints: Partial<Record<keyof typeof fields, string>> = {}): HardwareField[] {
  return Object.entries(fields).map(([name, [label, hint]]) => ({
    ...{ name, label },
    hint: hints[name as keyof typeof fields] ?? hint,
  }));
}

/** What stands in the fields of a machine that is there. The password is in none. */
export function typedOf(hardware: HardwareView): Record<string, string> {
  const { bmcHost, bmcPort, bmcUsername, firmware, address, sshPort } = hardware;
  return {
    ...{ bmcHost, bmcUsername, firmware, address: address ?? '', sshPort: String(sshPort) },
    bmcPort: bmcPort === null ? '' : String(bmcPort),
  };
}
