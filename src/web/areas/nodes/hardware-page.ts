import type { HardwareView, NodeDetailView } from '../../../services/views.ts';
import type { Refusal } from '../../refusal.ts';
import { type HardwareField, hardwareFields, typedOf } from './hardware-form.ts';

export interface HardwarePage {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly HardwareField[];
  readonly typed: Readonly<Record<string, string>>;
  /** What its BMC said of itself, in a line; null before it did. */
  readonly says: string | null;
  readonly warnings: readonly string[];
  readonly refusal: Refusal | null;
}

export type BareMetal = NodeDetailView & { readonly hardware: HardwareView };

/** `over`: what was typed, where it was refused. */
export function hardwarePage(
  { id, name, version, hardware }: BareMetal,
  over: Readonly<Record<string, string>>,
  refusal: Refusal | null,
): HardwarePage {
  return {
    ...{ id, name, refusal },
    fields: hardwareFields({ bmcPassword: 'empty: it stays as it is' }),
    typed: { ...typedOf(hardware), ...over, version: String(version) },
    says: bmcSays(hardware),
    warnings: hardware.bmc?.warnings ?? [],
  };
}

/** "Dell Inc. iDRAC9 6.10, IPMI 2.0, cipher suite 17". */
function bmcSays({ bmc }: HardwareView): string | null {
  if (!bmc) return null;
  const { manufacturer, product, version, protocol } = bmc;
  const who = [manufacturer, product, version].filter((part) => part !== null).join(' ');
  return who === '' ? protocol : `${who}, ${protocol}`;
}
