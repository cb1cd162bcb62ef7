import { ownProgram } from '../../../lib/own-program.ts';
import type { BmcProgram } from '../bmc-program.ts';
import { isTcpFree } from '../ports.ts';

/** A BMC that speaks Redfish. */
export const redfishProgram: BmcProgram = {
  called: '/redfish-process.ts',
  packages: 'openssl',
  command: async () => ownProgram(new URL('./redfish-process.ts', import.meta.url)),
  listens: async (port) => !(await isTcpFree(port)),
};
