/** Machines of bare metal whose BMCs speak IPMI 2.0. */
import { z } from 'zod';
import { defineMetal } from '../shared/metal/define-metal.ts';
import { metalSettings } from '../shared/metal/settings.ts';
import { ipmiBmc } from './ipmi-bmc.ts';

export const ipmi = defineMetal({
  id: 'ipmi',
  title: 'Bare metal, switched by IPMI',
  settings: z.object({
    ...metalSettings,
    packetSeconds: z
      .number()
      .min(1)
      .max(10)
      .default(2)
      .describe('How long a BMC may take to answer a packet before it is sent again, in seconds.'),
  }),
  programs: { ipmitool: ['ipmitool', '-V'] },
  bmc: ipmiBmc,
});
