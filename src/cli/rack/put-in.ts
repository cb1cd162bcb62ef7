import { findInstallation } from '../../../db/repositories/installation.ts';
import { withInstallation } from '../installation.ts';
import { say } from '../say.ts';
import { addRackNode } from './rack.ts';

/** `labrador rack add`: what stands on the new machine's labels is all that anybody is told of it. */
export function putIn(): Promise<void> {
  return withInstallation(async (opened) => {
    const installation = (await findInstallation(opened.db))?.uuid ?? '';
    const { name, cpus, memoryMb, diskMb, mac, bmc, sshPort } = await addRackNode(opened, installation);
    say(`${name} stands in the rack, off: ${cpus} CPU, ${memoryMb} MB, a disk of ${diskMb} MB with nothing on it.
Its network card: ${mac}
Its BMC: 127.0.0.1, port ${bmc.port}, name ${bmc.username}, password ${bmc.password}
Its own address: 127.0.0.1, SSH port ${sshPort}
Labrador does not know it. It is discovered when it starts from the network: labrador rack press ${name}`);
  });
}
