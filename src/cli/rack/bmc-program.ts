import type { RackNode } from './rack-node.ts';

/** What a BMC is run by. */
export interface BmcProgram {
  /** A word of its command line ends with this. */
  readonly called: string;
  /** Debian's, that it needs. */
  readonly packages: string;
  /** What starts it in the machine's folder, after making what it reads. */
  command(node: RackNode): Promise<readonly [program: string, ...args: string[]]>;
  listens(port: number): Promise<boolean>;
}
