/** What a machine's agent found in it. The words come from the machine: they are shown, and little follows from them. */
import { z } from 'zod';

const size = z.coerce.number().int().nonnegative();
const word = z.string().transform((text) =>
  text
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 120),
);

const diskSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9]{1,30}$/),
  /** Of 512 bytes each, whatever the disk's own are. */
  sectors: size,
  /** Bytes of its own sectors. */
  sectorBytes: size,
  removable: z.boolean(),
  rotational: z.boolean(),
  model: word,
  serial: word,
});
export type DiskFacts = z.output<typeof diskSchema>;

export const inventorySchema = z.object({
  firmware: z.enum(['bios', 'uefi']),
  /** Null: the firmware has none, or does not say. */
  secureBoot: z.boolean().nullable(),
  vendor: word,
  product: word,
  serial: word,
  biosVersion: word,
  cpu: word,
  cpus: size,
  memoryMb: size,
  disks: z.array(diskSchema).max(64),
  nics: z
    .array(
      z.object({ name: word, mac: word, driver: word, carrier: z.boolean(), speedMbps: size.nullable() }),
    )
    .max(64),
});
export type Inventory = z.output<typeof inventorySchema>;

/** Takes the agent's lines apart. Throws ZodError when they are none of an agent's. */
export function parseInventory(text: string): Inventory {
  const lines = text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  const one = (name: string) => lines.find(([key]) => key === name)?.[1] ?? '';
  const all = (name: string) => lines.filter(([key]) => key === name).map(([, value]) => value.split('|'));
  const secureBoot = one('secureBoot');
  return inventorySchema.parse({
    firmware: one('firmware'),
    secureBoot: secureBoot === '' ? null : secureBoot === 'on',
    vendor: one('vendor'),
    product: one('product'),
    serial: one('serial'),
    biosVersion: one('bios'),
    cpu: one('cpu'),
    cpus: one('cpus'),
    memoryMb: Math.round(Number(one('memoryKb')) / 1024),
    disks: all('disk').map(
      ([name, sectors, sectorBytes, removable, rotational, model = '', serial = '']) => ({
        ...{ name, sectors, sectorBytes, model, serial },
        removable: removable === '1',
        rotational: rotational === '1',
      }),
    ),
    nics: all('nic').map(([name, mac, driver, carrier, speed]) => ({
      ...{ name, mac, driver },
      carrier: carrier === '1',
      speedMbps: speed !== undefined && /^\d+$/.test(speed) ? speed : null,
    })),
  });
}
