import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { after, before, describe, it } from 'mocha';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import { type SharedGuest, sharedGuest } from './shared-guest.ts';

interface Listing {
  readonly items: readonly { name: string; size: number; dir: boolean; modified: string }[];
}

describe('daemon/gateway: files on a real machine', function () {
  this.timeout(90_000);
  let machine: SharedGuest;
  let house: RunningGateway;
  before(async () => {
    machine = await sharedGuest();
    const access = { ...machine.access, username: 'bert', password: 'pass-bert' };
    house = await runGateway({ accessOf: async () => access, settings: { uploadBytes: 3_000_000 } });
  });
  after(() => house.stop());

  const put = (name: string, body: NonNullable<RequestInit['body']>) =>
    house.fetch(house.address('files', 1, { name }), { method: 'PUT', body });
  const get = (query: Record<string, string> = {}) => house.fetch(house.address('files', 1, query));
  const problemOf = async (response: Response) => {
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    return ((await response.json()) as { detail: string }).detail;
  };
  const inHome = async () => (await machine.asRoot('ls -A /home/bert')).split('\n').filter(Boolean);

  it('brings a file to the home folder and back, byte for byte', async () => {
    const content = randomBytes(2_500_000);
    const sent = await put('data größe (1).bin', content);
    assert.equal(sent.status, 201);
    assert.deepEqual(await sent.json(), { name: 'data größe (1).bin', size: 2_500_000 });
    assert.match(await machine.asRoot('stat -c "%U %a" /home/bert/data*'), /^bert 644/);
    const back = await get({ path: 'data größe (1).bin' });
    assert.match(
      back.headers.get('content-disposition') ?? '',
      /filename\*=UTF-8''data%20gr%C3%B6%C3%9Fe%20%281%29/,
    );
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(hash(new Uint8Array(await back.arrayBuffer())), hash(content));
    assert.deepEqual(house.opened.slice(0, 2), [1, 1]);
  });

  it('replaces a file of the same name, and keeps nothing of its own', async () => {
    await put('notes.txt', 'first');
    await put('notes.txt', 'second');
    assert.equal(await (await get({ path: 'notes.txt' })).text(), 'second');
    assert.ok((await inHome()).every((name) => !name.startsWith('.upload')));
  });

  it('lists the home folder', async () => {
    await put('listed.txt', 'seven..');
    await machine.asRoot('mkdir -p /home/bert/folder');
    const { items } = (await (await get()).json()) as Listing;
    const listed = items.find(({ name }) => name === 'listed.txt');
    assert.deepEqual({ size: listed?.size, dir: listed?.dir }, { size: 7, dir: false });
    assert.ok(Math.abs(Date.parse(listed?.modified ?? '') - Date.now()) < 3_600_000);
    assert.equal(items[0]?.dir, true);
    assert.ok(items.every(({ name }) => name !== '.' && name !== '..'));
  });

  it('brings the whole home as an archive', async () => {
    await put('in-archive.txt', 'packed');
    const response = await get({ archive: 'home' });
    assert.match(response.headers.get('content-disposition') ?? '', /bert-home\.tar\.gz/);
    const tar = gunzipSync(new Uint8Array(await response.arrayBuffer())).toString('latin1');
    assert.ok(tar.includes('./in-archive.txt') && tar.includes('packed'));
  });

  it('refuses names and paths that lead elsewhere, and keeps the ticket for a better one', async () => {
    for (const name of ['../x', 'a/b', '..', '.', '', 'a\0b', 'n'.repeat(256)]) {
      const response = await put(name, 'x');
      assert.equal(response.status, 422, name);
      assert.match(await problemOf(response), /^name: /);
    }
    for (const path of ['../ann/x', '/etc/passwd', 'a/../../ann', '', 'a\0b']) {
      const response = await get({ path });
      assert.equal(response.status, 422, path);
      assert.match(await problemOf(response), /^path: /);
    }
  });

  it('is the person on the machine, and nobody else', async () => {
    await machine.asRoot('ln -sf /etc/shadow /home/bert/link; ln -sf /dev/zero /home/bert/endless');
    const [secret, endless, none] = [
      await get({ path: 'link' }),
      await get({ path: 'endless' }),
      await get({ path: 'no' }),
    ];
    assert.deepEqual([secret.status, endless.status, none.status], [403, 422, 404]);
    assert.match(await problemOf(secret), /may not read/);
    assert.equal((await put('folder', 'x')).status, 409);
  });

  it('refuses what is too large, announced or not', async () => {
    assert.match(await problemOf(await put('big', Buffer.alloc(3_000_001))), /larger than 2 MB/);
    const unannounced = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000));
      },
    });
    const init = { method: 'PUT', body: unannounced, duplex: 'half' } as RequestInit;
    const response = await house.fetch(house.address('files', 1, { name: 'big' }), init);
    assert.equal(response.status, 413);
    assert.ok(!(await inHome()).some((name) => name === 'big' || name.startsWith('.upload')));
  });

  it('says that the disk is full, and leaves nothing behind', async () => {
    await machine.asRoot('mkdir -p /mnt/small; mount -t tmpfs -o size=1m,mode=777 small /mnt/small');
    await machine.asRoot('sed -i s,/home/bert,/mnt/small, /etc/passwd');
    const response = await put('too-much', randomBytes(2_000_000));
    const left = await machine.asRoot('ls -A /mnt/small');
    await machine.asRoot('sed -i s,/mnt/small,/home/bert, /etc/passwd; umount /mnt/small');
    assert.equal(response.status, 507);
    assert.match(await problemOf(response), /disk of the machine is full/);
    assert.equal(left, '');
  });

  it('leaves nothing of a file whose sender went away', async () => {
    const path = house.address('files', 1, { name: 'half' });
    const sending = request({ port: house.port, host: '127.0.0.1', path, method: 'PUT' });
    sending.on('error', () => undefined);
    sending.write(randomBytes(500_000));
    await until(async () => (await inHome()).some((name) => name.startsWith('.upload')));
    sending.destroy();
    await until(async () => !(await inHome()).some((name) => name.startsWith('.upload')));
    assert.ok(!(await inHome()).includes('half'));
  });

  it('cuts what is under way when the access is closed', async () => {
    const path = house.address('files', 1, { name: 'late' });
    const sending = request({ port: house.port, host: '127.0.0.1', path, method: 'PUT' });
    sending.write(randomBytes(500_000));
    await until(async () => (await inHome()).some((name) => name.startsWith('.upload')));
    const answered = once(sending, 'response');
    house.gateway.closeTerminals(1, 'Your reservation has ended.');
    const [response] = await answered;
    assert.equal(response.statusCode, 409);
    sending.destroy();
    assert.ok(!(await inHome()).includes('late'));
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}
