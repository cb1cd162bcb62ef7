/** A port that hands every packet on to another one and back, and counts what goes in. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface UdpRelay {
  readonly port: number;
  /** Packets towards the BMC, first to last. */
  readonly packets: readonly Buffer[];
  close(): void;
}

export async function startUdpRelay(target: number): Promise<UdpRelay> {
  const packets: Buffer[] = [];
  const front = createSocket('udp4');
  const backs = new Map<number, Socket>();
  front.on('message', (packet, from: RemoteInfo) => {
    packets.push(packet);
    let back = backs.get(from.port);
    if (!back) {
      back = createSocket('udp4');
      back.on('message', (answer) => front.send(answer, from.port, from.address));
      back.on('error', () => undefined);
      backs.set(from.port, back);
    }
    back.send(packet, target, '127.0.0.1');
  });
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    port: front.address().port,
    packets,
    close() {
      front.close();
      for (const back of backs.values()) back.close();
    },
  };
}

/** RAKP 1, which carries the name: one for each attempt to sign in (IPMI 2.0, table 13-8). */
export function signIns({ packets }: UdpRelay): number {
  return packets.filter((packet) => packet[4] === 0x06 && ((packet[5] ?? 0) & 0x3f) === 0x12).length;
}
