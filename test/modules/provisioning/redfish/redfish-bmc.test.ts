import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endSessions } from '../../../../modules/provisioning/redfish/kept-clients.ts';
import { redfishBmc } from '../../../../modules/provisioning/redfish/redfish-bmc.ts';
import { serveRedfish } from '../../../../src/cli/rack/redfish/serve-redfish.ts';
import { pretendMachine } from '../../../cli/rack/redfish/pretend-machine.ts';
import { freePort } from '../../../helpers/free-port.ts';
import { type BmcUnderTest, bmcConformance } from '../shared/bmc/conformance.ts';

describe('BMCs: redfish conforms, with the service of the rack', () => bmcConformance(open));

async function open(): Promise<BmcUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'redfish-'));
  const machine = pretendMachine();
  const account = { username: 'admin', password: 'correct horse' };
  const host = '127.0.0.1';
  const served = await serveRedfish({ machine, folder, host, port: 0, account, version: '0.1.0' });
  const access = { host, port: served.port, ...account, fingerprint: null };
  const bmc = redfishBmc(access);
  return {
    bmc,
    machine,
    ...account,
    mistaken: redfishBmc({ ...access, password: 'wrong' }),
    keepsFlags: true,
    nobody: redfishBmc({ ...access, port: await freePort() }),
    again: ({ fingerprint }) => redfishBmc({ ...access, fingerprint }),
    async close() {
      await endSessions();
      await served.stop();
      await rm(folder, { recursive: true });
    },
  };
}
