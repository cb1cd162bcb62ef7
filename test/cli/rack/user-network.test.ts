import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doorsAddress, userNetwork } from '../../../src/cli/rack/user-network.ts';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { seedFiles } from '../../../src/lib/images/seed.ts';
import { bootPlain, type PlainGuest } from '../../helpers/boot-plain.ts';
import { type GuestShell, logIn } from '../../helpers/guest-ssh.ts';
import { testIdentity } from '../../helpers/test-identity.ts';
import { tinyImage } from '../../helpers/tiny-image.ts';

describe('cli/rack/user-network, tried from inside as root', function () {
  this.timeout(120_000);
  let folder: string;
  let door: Server;
  let host: Server;
  let guest: PlainGuest;
  let root: GuestShell;
  /** The door's port inside, and one of this computer: the same, so that one could be taken for the other. */
  let port: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-user-network-'));
    const socket = join(folder, 'door');
    door = await listening((to) => to.end('door'), { path: socket });
    host = await listening((to) => to.end('host'), { host: '::', port: 0 });
    ({ port } = host.address() as AddressInfo);
    const identity = testIdentity();
    const seed = join(folder, 'seed');
    await makeSeed(seed, seedFiles(identity));
    const network = (sshPort: number) =>
      userNetwork({ sshPort, doors: { [port]: socket }, bootfile: 'http://nowhere.test/' });
    guest = await bootPlain({ image: await tinyImage(), seed, network, timeoutMs: 90_000 });
    root = await logIn({ port: guest.port, username: 'root', privateKey: identity.managementPrivateKey });
  });
  after(async () => {
    root?.close();
    await guest?.stop();
    for (const server of [door, host]) server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const said = async (command: string) => (await root.run(command)).output.trim();
  const answers = (from: string) => said(`nc -w 3 ${from} </dev/null 2>/dev/null`);

  it('has a door, and a router of IPv6 that announces itself', async () => {
    assert.equal(await answers(`${doorsAddress} ${port}`), 'door');
    const announced = 'ip -6 route show default | grep -m1 -o "via fe80::2"';
    assert.equal(await said(`until ${announced}; do rdisc6 2>/dev/null; done`), 'via fe80::2');
  });

  it('reaches nothing else of this computer, by either IP', async () => {
    await said('ip route add default via 10.0.2.2');
    for (const address of ['10.0.2.2', 'fec0::2', 'fe80::2%eth0'])
      assert.equal(await answers(`${address} ${port}`), '', address);
  });
});

async function listening(greet: (to: Socket) => void, where: object): Promise<Server> {
  const server = createServer((to) => greet(to.on('error', () => undefined)));
  await once(server.listen(where), 'listening');
  return server;
}
