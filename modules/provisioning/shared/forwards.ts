/** Which ports of this computer a QEMU's user network forwards to its guest. */
import type { Qmp } from '../../../src/lib/qmp.ts';

export interface Forward {
  /** `*` is every address. */
  readonly host: string;
  readonly port: number;
}

/** What is forwarded now, the management port first. */
export async function listForwards(qmp: Qmp): Promise<Forward[]> {
  const shown = await qmp.monitor('info usernet');
  const rows = [...shown.matchAll(/TCP\[HOST_FORWARD\]\s+\d+\s+(\S+)\s+(\d+)\s/g)];
  return rows.map(([, host = '', port = '']) => ({ host, port: Number(port) }));
}
