import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ipmiBmc } from '../../../modules/provisioning/ipmi/ipmi-bmc.ts';
import { endSessions } from '../../../modules/provisioning/redfish/kept-clients.ts';
import { redfishBmc } from '../../../modules/provisioning/redfish/redfish-bmc.ts';
import type { Bmc } from '../../../modules/provisioning/shared/bmc/bmc.ts';
import { pressChassis } from '../../../src/cli/rack/chassis.ts';
import { type BmcProtocol, bmcProtocols, type RackNode, rackFiles } from '../../../src/cli/rack/rack-node.ts';
import type { BmcAccess } from '../../../src/domain/contracts/facts.ts';
import { freePort } from '../../helpers/free-port.ts';
import { makeTestRack } from '../../helpers/rack.ts';
import { type BmcUnderTest, bmcConformance } from '../../modules/provisioning/shared/bmc/conformance.ts';

/** `seconds`: until it is given up, about. */
const drivers: Readonly<Record<BmcProtocol, (access: BmcAccess, seconds?: number) => Bmc>> = {
  ipmi: (access, seconds = 5) => ipmiBmc(access, { packetSeconds: seconds }),
  redfish: (access) => redfishBmc(access),
};

for (const protocol of bmcProtocols)
  describe(`BMCs of the rack conform: ${protocol}, with a real machine behind it`, function () {
    this.timeout(120_000);
    bmcConformance(() => open(protocol));
  });

async function open(protocol: BmcProtocol): Promise<BmcUnderTest> {
  const { directory, machine, node, close } = await makeTestRack(protocol);
  await mkdir(directory);
  const access = node.hardware?.bmc;
  if (!access) throw new Error('a machine of the rack has a BMC');
  await countStarts(machine);
  const driver = drivers[protocol];
  return {
    bmc: driver(access),
    machine: {
      power: async () => ((await pressChassis(machine, 'get', 'power')) === 'power:1\n' ? 'on' : 'off'),
      starts: async () => (await starts(machine)).map((line) => (network.test(line) ? 'network' : 'usual')),
    },
    username: access.username,
    password: access.password,
    mistaken: driver({ ...access, password: 'wrong' }),
    keepsFlags: protocol !== 'ipmi',
    nobody: driver({ ...access, port: await freePort() }, 1),
    again: (learnt) => driver({ ...access, ...learnt }),
    async close() {
      await endSessions();
      await close();
    },
  };
}

/** What comes first is said with the command line. */
const network = /device\.card\.bootindex=1\b/;

/** The machine says how it is started, each time, before it is. */
async function countStarts({ folder }: RackNode): Promise<void> {
  const file = join(folder, rackFiles.machine);
  const saying = ['sh', '-c', 'echo "$*" >> starts; exec "$@"', 'sh'];
  await writeFile(file, `${saying.join('\n')}\n${await readFile(file, 'utf8')}`);
}

async function starts({ folder }: RackNode): Promise<string[]> {
  const said = await readFile(join(folder, 'starts'), 'utf8').catch(() => '');
  return said.split('\n').slice(0, -1);
}
