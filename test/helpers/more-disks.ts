/** QEMU's words for disks besides a machine's first; their files lie in the machine's folder. */

export function virtioDisk(file: string): string[] {
  return ['-drive', drive('second', file), '-device', 'virtio-blk-pci,drive=second'];
}

export function nvmeDisk(file: string): string[] {
  return ['-drive', drive('nvme', file), '-device', 'nvme,drive=nvme,serial=NV1'];
}

/** A disk that can be read, and on which nothing that is written arrives. */
export function brokenDisk(file: string): string[] {
  const refused = ['write', 'write-zeroes', 'discard'].map((iotype) => ({ event: 'none', iotype }));
  const image = { driver: 'file', filename: file };
  const raw = {
    ...{ driver: 'raw', 'node-name': 'broken' },
    file: { driver: 'blkdebug', image, 'inject-error': refused },
  };
  return ['-blockdev', JSON.stringify(raw), '-device', 'virtio-blk-pci,drive=broken,werror=report'];
}

function drive(id: string, file: string): string {
  return `file=${file},if=none,id=${id},format=raw,cache=unsafe,discard=unmap`;
}
