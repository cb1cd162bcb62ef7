import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { after, before, describe, it } from 'mocha';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import { type SharedGuest, sharedGuest } from './shared-guest.ts';

interface Listing {
  readonly items: readonly { name: string; size: number; dir: boolean; link: boolean; modified: string }[];
}

describe('daemon/gateway: files on a real machine', function () {
  this.timeout(180_000);
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
  const get = (query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    house.fetch(house.address('files', 1, query), { headers });
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
    const response = await get({ archive: '.' });
    assert.match(response.headers.get('content-disposition') ?? '', /bert-home\.tar\.gz/);
    const tar = gunzipSync(new Uint8Array(await response.arrayBuffer())).toString('latin1');
    assert.ok(tar.includes('./in-archive.txt') && tar.includes('packed'));
  });

  it('opens folders, sends into them and packs them, whatever they are called', async () => {
    const folder = '-it\'s größe\n$(id) "x"';
    const script = `mkdir -p "$f/deeper" && ln -sfn /etc "$f/elsewhere" && ln -sf nowhere "$f/broken" && chown -R bert "$f"`;
    const quoted = folder.replaceAll("'", `'\\''`);
    await machine.asRoot(`cd /home/bert && f='./${quoted}' && ${script}`);
    const address = house.address('files', 1, { folder, name: 'a b.txt' });
    assert.equal((await house.fetch(address, { method: 'PUT', body: 'in it' })).status, 201);
    const { items } = (await (await get({ folder })).json()) as Listing;
    assert.deepEqual(
      items.map(({ name, dir, link }) => [name, dir, link]),
      [
        ['deeper', true, false],
        ['elsewhere', true, true],
        ['a b.txt', false, false],
        ['broken', false, true],
      ],
    );
    assert.equal(await (await get({ path: `${folder}/a b.txt` })).text(), 'in it');
    const packed = await get({ archive: folder });
    const tar = gunzipSync(new Uint8Array(await packed.arrayBuffer())).toString('utf8');
    assert.ok(tar.includes('a b.txt') && tar.includes('in it') && !tar.includes('root:x:0'));
    assert.deepEqual(await (await get({ folder: `${folder}/deeper` })).json(), {
      items: [],
      truncated: false,
    });
  });

  it('refuses folders that are none, or not for this person', async () => {
    await machine.asRoot('mkdir -p /home/ann/private && chmod 700 /home/ann /home/ann/private');
    await machine.asRoot('ln -sfn /home/ann/private /home/bert/hers; ln -sfn /home/ann /home/bert/ann');
    await put('plain', 'x');
    for (const query of [{ folder: 'none' }, { archive: 'none' }])
      assert.equal((await get(query)).status, 404);
    for (const query of [{ folder: 'plain' }, { archive: 'plain' }])
      assert.equal((await get(query)).status, 422);
    for (const query of [{ folder: 'hers' }, { folder: 'ann' }, { archive: 'hers' }, { path: 'hers/x' }]) {
      const response = await get(query);
      assert.equal(response.status, 403, JSON.stringify(query));
      assert.match(await problemOf(response), /Your account on the machine may not/);
    }
    const into = (folder: string) =>
      house.fetch(house.address('files', 1, { folder, name: 'x' }), { method: 'PUT', body: 'x' });
    assert.deepEqual([(await into('none')).status, (await into('ann')).status], [404, 403]);
  });

  it('goes on with a broken download, and begins anew when the file has changed', async () => {
    const content = randomBytes(300_000);
    await put('long.bin', content);
    await machine.asRoot('touch -d "2020-01-01 00:00:00" /home/bert/long.bin');
    const first = await get({ path: 'long.bin' }, { range: 'bytes=0-99999' });
    const tag = first.headers.get('etag') ?? '';
    assert.deepEqual([first.status, first.headers.get('content-range')], [206, 'bytes 0-99999/300000']);
    const rest = await get({ path: 'long.bin' }, { range: 'bytes=100000-', 'if-range': tag });
    assert.equal(rest.headers.get('content-length'), '200000');
    const both = [await first.arrayBuffer(), await rest.arrayBuffer()].map((part) => Buffer.from(part));
    assert.ok(Buffer.concat(both).equals(content));
    const last = await get({ path: 'long.bin' }, { range: 'bytes=-5' });
    assert.ok(Buffer.from(await last.arrayBuffer()).equals(content.subarray(-5)));
    const beyond = await get({ path: 'long.bin' }, { range: 'bytes=300000-' });
    assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */300000']);
    await machine.asRoot('touch /home/bert/long.bin');
    const changed = await get({ path: 'long.bin' }, { range: 'bytes=100000-', 'if-range': tag });
    assert.deepEqual([changed.status, changed.headers.get('content-length')], [200, '300000']);
    assert.match(changed.headers.get('etag') ?? '', /^W/);
    await changed.body?.cancel();
    const head = await house.fetch(house.address('files', 1, { path: 'long.bin' }), { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('accept-ranges')], [200, 'bytes']);
    assert.equal((await get({ path: 'empty' })).status, 404);
    await put('empty', '');
    assert.equal(await (await get({ path: 'empty' })).text(), '');
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
