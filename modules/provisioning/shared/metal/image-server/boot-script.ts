/** What iPXE is told (https://ipxe.org/scripting): to start the machine's own disk, or the imaging agent. */

/**
 * A UEFI takes its next entry only when iPXE says that it failed; a BIOS is handed the first disk. Ending with success
 * would leave a UEFI machine in its setup menu.
 */
export const localDisk = `#!ipxe
iseq \${platform} efi && exit 1 || sanboot --no-describe --drive 0x80 || exit 1
`;

/** For a machine whose disk is on the server, and that somebody has to start anew: its own disk is not what it is to start. */
export const waitForStart = `#!ipxe
echo The disk of this machine is on the server: Labrador has to start it
poweroff ||
:wait
sleep 3600
goto wait
`;

export interface AgentBoot {
  /** `http://address[:port]`, as the machine itself reached the server. */
  readonly server: string;
  readonly mac: string;
  readonly token: string;
  readonly console: string;
}

const tries = 10;

/**
 * Ten tries with growing pauses, some two minutes. Then the machine is switched off, so that it does not hammer a server that
 * is away; an iPXE that cannot (Debian's for QEMU, for one) starts the disk, on which nothing was written yet, and the module
 * switches it off when it has waited long enough. A UEFI that has all of it and does not start it is asked no second time:
 * that is Secure Boot.
 */
export function agentScript({ server, mac, token, console }: AgentBoot): string {
  const named = `labrador.server=${server} labrador.mac=${mac} labrador.token=${token}`;
  return `#!ipxe
set tried:int32 0
:again
imgfree
imgfetch --name kernel ${server}/agent/kernel?mac=${mac} || goto failed
imgselect kernel || goto refused
imgargs kernel initrd=agent ${console} quiet panic=10 ${named} || goto failed
initrd --name agent ${server}/agent/initramfs?mac=${mac} || goto failed
boot || goto refused
:refused
iseq \${platform} efi || goto failed
imgfetch ${server}/refused.ipxe?mac=${mac}&token=${token} || goto failed
goto over
:failed
inc tried
iseq \${tried} ${tries} && goto over ||
echo The image server does not answer, try \${tried} of ${tries}
sleep \${tried}
goto again
:over
poweroff || exit 1
`;
}
