/** Machines of bare metal whose BMCs speak Redfish. */
import { z } from 'zod';
import { defineMetal } from '../shared/metal/define-metal.ts';
import { metalSettings } from '../shared/metal/settings.ts';
import { usualPatience } from './access.ts';
import { redfishBmc } from './redfish-bmc.ts';

export const redfish = defineMetal({
  id: 'redfish',
  title: 'Bare metal, switched by Redfish',
  settings: z.object({
    ...metalSettings,
    answerSeconds: z
      .number()
      .min(1)
      .max(120)
      .default(usualPatience.answerMs / 1000)
      .describe('How long a BMC may take for one answer, in seconds: slow ones need ten and more.'),
  }),
  programs: {},
  bmc: (access, { answerSeconds }) =>
    redfishBmc(access, { ...usualPatience, answerMs: answerSeconds * 1000 }),
});
