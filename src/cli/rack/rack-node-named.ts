import { CommandError } from '../failure.ts';
import { type RackNode, rackNodes } from './rack-node.ts';

/** The machine of the rack that is called so. Throws CommandError that names those there are. */
export async function rackNodeNamed(dataDirectory: string, name: string): Promise<RackNode> {
  const nodes = await rackNodes(dataDirectory);
  const node = nodes.find((each) => each.name === name);
  if (node) return node;
  const there =
    nodes.map((each) => each.name).join(', ') || 'no machine: "labrador start --rack 2" makes two';
  throw new CommandError(`There is no ${name} in the rack, but ${there}.`);
}
