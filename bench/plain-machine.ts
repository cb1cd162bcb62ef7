/** What is measured beside the imaging agent: the same machine, kernel and programs, with a script of a few lines. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listenHttp, sendFile, sendText } from '../src/lib/http-server.ts';
import { packCpio, program } from '../src/lib/images/cpio-archive.ts';
import { type BareNode, imageServerAddress } from '../test/helpers/bare-node.ts';
import { imageAgent } from '../test/helpers/image-agent.ts';
import type { MetalPool } from '../test/helpers/metal-pool.ts';

const begin = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
modprobe -a virtio_pci virtio_blk virtio_net
until [ -e /sys/class/net/eth0 ] && [ -b /dev/vda ]; do usleep 50000; done
ip link set eth0 up
udhcpc -q -n -i eth0 -s /bin/dhcp >/dev/null 2>&1
`;

export interface PlainScript {
  /** What it does once it has a disk and a network; `/NAME` of the server's address are `files`. */
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
}

export function socketFolder({ sockets }: MetalPool, { mac }: BareNode): string {
  return join(sockets, mac.replaceAll(':', '-'));
}

/** Serves it to the machine where the image server would; `close` when the machine is through. */
export async function servePlain(pool: MetalPool, node: BareNode, { script, files }: PlainScript) {
  const folder = socketFolder(pool, node);
  const { kernel, initramfs } = await imageAgent();
  const archive = join(folder, 'plain-initramfs');
  // The kernel unpacks one archive after the other; each begins at a multiple of four.
  const system = await readFile(initramfs);
  const padding = Buffer.alloc((4 - (system.length % 4)) % 4);
  const init = packCpio([program('init', Buffer.from(begin + script))]);
  await writeFile(archive, Buffer.concat([system, padding, init]));
  const served: Readonly<Record<string, string>> = { ...files, kernel, initramfs: archive };
  const base = `http://${imageServerAddress}`;
  const boot = `#!ipxe\nkernel ${base}/kernel initrd=plain console=ttyS0 quiet\ninitrd --name plain ${base}/initramfs\nboot\n`;
  return await listenHttp(
    { socket: join(folder, 'image.sock') },
    async ({ url = '' }, response) => {
      const file = served[url.slice(1)];
      if (file) await sendFile(response, file);
      else sendText(response, 200, boot);
    },
    () => undefined,
  );
}
