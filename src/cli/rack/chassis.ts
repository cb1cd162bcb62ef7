import { exec } from '../../lib/exec.ts';
import { type RackNode, rackFiles } from './rack-node.ts';

/** Does with the machine what its BMC would: see the program `chassis`. Answers what it says. */
export async function pressChassis(node: RackNode, ...words: string[]): Promise<string> {
  const { stdout } = await exec(`./${rackFiles.chassis}`, words, { cwd: node.folder });
  return stdout;
}
