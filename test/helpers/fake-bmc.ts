import type { Bmc, BmcPower, BootOverride } from '../../modules/provisioning/shared/bmc/bmc.ts';
import { BmcError } from '../../modules/provisioning/shared/bmc/bmc-error.ts';

/** A BMC in memory that keeps what it was asked, for what no simulator can be brought to do. */
export interface FakeBmc extends Bmc {
  readonly asked: string[];
  /** Asked for the power so many times more, the machine is as it was told to be. */
  delay: number;
  isOn: boolean;
  /** What the next askings of a name throw, in order. */
  readonly throws: Map<string, BmcError[]>;
  /** Takes no notice of these. */
  readonly ignores: Set<string>;
  kept: BootOverride | null;
  /** What it can do about what the machine starts from. */
  boots: readonly BootOverride['lasts'][];
}

export function fakeBmc(parts: Partial<Pick<FakeBmc, 'isOn' | 'delay'>> = {}): FakeBmc {
  let coming: { power: boolean; after: number } | null = null;
  const ask = (name: string) => {
    bmc.asked.push(name);
    const error = bmc.throws.get(name)?.shift();
    if (error) throw error;
  };
  const turn = (name: string, power: boolean) => {
    ask(name);
    if (!bmc.ignores.has(name)) coming = { power, after: bmc.delay };
  };
  const bmc: FakeBmc = {
    ...{
      asked: [],
      delay: 0,
      isOn: false,
      throws: new Map(),
      ignores: new Set(),
      kept: null,
      boots: ['once'],
    },
    ...parts,
    address: '10.0.0.7',
    async power(): Promise<BmcPower> {
      ask('power');
      if (coming && coming.after-- <= 0) {
        bmc.isOn = coming.power;
        coming = null;
      }
      return bmc.isOn ? 'on' : 'off';
    },
    on: async () => turn('on', true),
    off: async () => turn('off', false),
    soft: async () => turn('soft', false),
    reset: async () => ask('reset'),
    bootOverride: async () => bmc.kept,
    async setBootOverride(override) {
      ask(override ? `boot ${override.device}` : 'boot as set');
      bmc.kept = override;
      return override;
    },
    secureBoot: async () => null,
    identify: async () => ask('identify'),
    sensors: async () => [],
    users: async () => [],
    async info() {
      ask('info');
      const nothing = { manufacturer: null, product: null, version: null };
      return { ...nothing, protocol: 'none', warnings: [], learnt: { cipher: null, fingerprint: null } };
    },
    capabilities: async () => ({
      ...{ softOff: true, bootOverride: bmc.boots, identify: true },
      ...{ sensors: false, users: false, console: false },
    }),
    openConsole: () => Promise.reject(new BmcError('unsupported', 'It has none.')),
  };
  return bmc;
}
