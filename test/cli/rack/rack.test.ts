import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ipmiBmc } from '../../../modules/provisioning/ipmi/ipmi-bmc.ts';
import { BmcError } from '../../../modules/provisioning/shared/bmc/bmc-error.ts';
import { startFrom, switchOff, switchOn } from '../../../modules/provisioning/shared/bmc/switch-power.ts';
import { startBmc, stopBmc } from '../../../src/cli/rack/bmc.ts';
import { pressChassis } from '../../../src/cli/rack/chassis.ts';
import { throwFault } from '../../../src/cli/rack/faults.ts';
import { makeRackNode } from '../../../src/cli/rack/make-node.ts';
import { type RackNode, rackFiles, rackNodeFolder, rackNodes } from '../../../src/cli/rack/rack-node.ts';

const mac = '52:54:00:5a:00:01';

/** Says `disk` on the serial port and halts: mov dx,0x3f8; for each letter mov al,x; out dx,al; then hlt for ever. */
const bootSector = Buffer.alloc(512);
Buffer.from([
  ...[0xba, 0xf8, 0x03],
  ...[...'disk\n'].flatMap((letter) => [0xb0, letter.charCodeAt(0), 0xee]),
  ...[0xf4, 0xeb, 0xfd],
]).copy(bootSector);
bootSector.writeUInt16LE(0xaa55, 510);

describe('a machine of the rack made of software', function () {
  this.timeout(240_000);
  let data: string;
  let node: RackNode;
  let server: Server;
  let asked: string[] = [];
  const signal = new AbortController().signal;
  const switching = { signal, pauseMs: 100 };
  const bmc = () =>
    ipmiBmc({ host: '127.0.0.1', ...node.bmc, cipher: null, fingerprint: null }, { packetSeconds: 2 });
  const fromNetwork = { device: 'network', firmware: 'bios', lasts: 'once' } as const;
  const said = () => readFile(join(node.folder, rackFiles.serialLog), 'latin1').catch(() => '');

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'labrador-rack-'));
    node = await makeRackNode({
      folder: rackNodeFolder(data, mac),
      number: 1,
      name: 'rack1',
      mac,
      protocol: 'ipmi',
    });
    const disk = await open(join(node.folder, rackFiles.disk), 'r+');
    await disk.write(bootSector, 0, 512, 0);
    await disk.close();
    server = createServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      response.end('#!ipxe\nreboot\n');
    });
    const path = join(node.folder, rackFiles.image);
    server.listen({ path, readableAll: true, writableAll: true });
    await once(server, 'listening');
    await startBmc(node);
  });
  after(async () => {
    await pressChassis(node, 'set', 'power', '0');
    await stopBmc(node);
    server.close();
    await rm(data, { recursive: true });
  });
  beforeEach(() => {
    asked = [];
  });

  it('is off at first, and its BMC says so', async () => {
    assert.equal(await bmc().power(signal), 'off');
    assert.equal(await bmc().bootOverride(signal), null);
  });

  it('starts from the network once, by the way that is its own, and from its disk after that', async () => {
    await startFrom(bmc(), fromNetwork, switching);
    assert.equal(await bmc().power(signal), 'on');
    await until(async () => (await said()).includes('disk'));
    assert.deepEqual(asked, [`/boot.ipxe?mac=${mac}`]);
    assert.equal(await bmc().bootOverride(signal), null);
  });

  it('goes on when its BMC is killed, and is found again', async () => {
    const pid = await readFile(join(node.folder, 'pid'), 'utf8');
    await stopBmc(node);
    await assert.rejects(bmc().power(signal), BmcError);
    const [found] = await rackNodes(data);
    assert.deepEqual(found, node);
    await startBmc(node);
    await startBmc(node);
    assert.equal(await bmc().power(signal), 'on');
    assert.equal(await readFile(join(node.folder, 'pid'), 'utf8'), pid);
  });

  it('loses its power, and can be switched on again', async () => {
    await throwFault(node, 'drop-power');
    assert.equal(await bmc().power(signal), 'off');
    assert.equal(await switchOn(bmc(), switching), true);
    assert.equal(await bmc().power(signal), 'on');
  });

  it('has a BMC that hangs, until it does no more', async () => {
    await throwFault(node, 'hang-bmc');
    await assert.rejects(
      bmc().power(signal),
      (error) => error instanceof BmcError && error.fault === 'unreachable',
    );
    await throwFault(node, 'off');
    assert.equal(await bmc().power(signal), 'on');
  });

  it('has no network while its cable is cut, however it is started', async () => {
    await switchOff(bmc(), switching);
    const before = (await said()).length;
    await throwFault(node, 'cut-network');
    await startFrom(bmc(), fromNetwork, switching);
    await until(async () => (await said()).slice(before).includes('disk'));
    assert.deepEqual(asked, []);

    await throwFault(node, 'off');
    await startFrom(bmc(), fromNetwork, switching);
    await until(async () => asked.length > 0);
  });
});

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await pause(100);
}
