import type { OsContext } from '../../../src/domain/contracts/os.ts';
import { revisionName } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { hostName } from '../../../src/domain/host-name.ts';
import { isSha512Crypt, sha512Crypt } from '../../../src/lib/sha512-crypt.ts';
import { runCalls } from './script.ts';

/** A clock that is further off is set. Seconds. */
const nearEnough = 2;

/** Address, route and resolver come by DHCP or from the seed, with the rest of the identity; here it is checked and completed. */
export async function prepare(context: OsContext): Promise<void> {
  const { node, secrets, log } = context;
  if (!secrets) throw new ModuleError('failed', `No secrets were made for this load of ${node.name}`);
  const before = seconds();
  const said = await runCalls(context, 'Preparing the system', [
    ['prepare_system', hostName(node.name), secrets.managementPublicKey],
  ]);
  // However long the machine took to say it: a right clock is never set back to when it was asked.
  const clock = Number(/^clock (\d+)$/m.exec(said)?.[1]);
  if (!(clock > before - nearEnough && clock < seconds() + nearEnough))
    await runCalls(context, 'Setting the clock', [['set_time', seconds()]]);
  const [, complaint] = /^grow (.*)$/m.exec(said) ?? [];
  if (complaint) log.warn({ complaint }, 'the file system of a machine could not be grown');
  const [, hash = ''] = /^shadow (.*)$/m.exec(said) ?? [];
  if (isSha512Crypt(secrets.rootPassword, hash)) return;
  await runCalls(context, "Setting root's password", [['set_root_hash', sha512Crypt(secrets.rootPassword)]]);
}

const seconds = () => Math.round(Date.now() / 1000);

/** Writes currentimage.txt with VCL's tags (vcl.md 3.2). */
export async function post_load(context: OsContext): Promise<void> {
  const { node, revision } = context;
  if (!revision) throw new ModuleError('failed', `It is not known which image is on ${node.name}`);
  await runCalls(context, 'Finishing the load', [
    [
      'write_current_image',
      revisionName(revision),
      `id=${revision.imageId}`,
      `prettyname=${revision.imageName}`,
      `imagerevision_id=${revision.id}`,
      `computer_id=${node.id}`,
      `computer_hostname=${hostName(node.name)}`,
      `vcld_post_load=success (${new Date().toISOString()})`,
    ],
  ]);
}
