/** A network of QEMU's own for one machine that starts from it, without root: it reaches what is forwarded and nothing else. */

export interface Forwards {
  /** Of this computer: the TCP port by which the machine's SSH is reached. */
  readonly sshPort: number;
  /** What stands at 10.0.2.100: TCP port, and the socket in the machine's folder that it leads to. */
  readonly doors: Readonly<Record<number, string>>;
  /** Where its network boot begins: an address that iPXE understands. */
  readonly bootfile: string;
}

/** Where the machine finds its doors. */
export const doorsAddress = '10.0.2.100';

const guestSsh = '10.0.2.15:22';

/** Only addresses: what it is asked to carry it refuses. */
const announcer = { type: 'user', id: 'announcer', restrict: true, ipv4: false, ipv6: true };

/**
 * QEMU's words for it; the card names `netdev=network`. iPXE waits 13 s for an IPv6 router to announce itself wherever there is
 * none (`baremetal.md` 4.6, 13). So one does, on the same wire, in a network of its own that has no door: where IPv6 and a door
 * are in one, libslirp 4.7 takes bytes of the guest's own address for the door's (its `tcp_input`).
 */
export function userNetwork({ sshPort, doors, bootfile }: Forwards): string[] {
  const wire = {
    type: 'user',
    id: 'doors',
    restrict: true,
    ipv6: false,
    hostfwd: [{ str: `tcp:127.0.0.1:${sshPort}-${guestSsh}` }],
    guestfwd: Object.entries(doors).map(([port, socket]) => ({
      str: `tcp:${doorsAddress}:${port}-cmd:socat - UNIX-CONNECT:${socket}`,
    })),
    bootfile,
  };
  const port = { type: 'hubport', hubid: 0 };
  return [
    wire,
    announcer,
    { ...port, id: 'wire-doors', netdev: wire.id },
    { ...port, id: 'wire-announcer', netdev: announcer.id },
    { ...port, id: 'network' },
  ].flatMap((netdev) => ['-netdev', JSON.stringify(netdev)]);
}
