/** What the conformance suite needs of a module: images to load, and the core's part played for it. */
import type { LoadSecrets, NodeFacts, RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import type { BoundOs, OsContext, OsModule } from '../../../src/domain/contracts/os.ts';
import type { Loaded, ProvisioningModule } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { newLoadSecrets } from '../../../src/lib/ssh-keys.ts';
import { connectShell } from '../../../src/lib/ssh-shell.ts';
import { moduleContext, nodeFacts } from '../../helpers/module-context.ts';

export interface Subject {
  readonly module: ProvisioningModule;
  readonly os: OsModule | null;
  readonly directory: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly revision: RevisionFacts;
  /** What every node of it is, where there is one machine alone. */
  readonly node?: Partial<NodeFacts>;
}

type Parts = Partial<ProvisioningContext>;

/** Nodes of one pool, with the secrets of their loads. */
export class Bench {
  readonly subject: Subject;
  readonly #secrets = new Map<string, LoadSecrets>();
  #lastNode = 0;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  /** A node that no test has used yet. */
  newNode(parts: Partial<NodeFacts> = {}): NodeFacts {
    this.#lastNode += 1;
    const id = this.#lastNode;
    const mac = `52:54:00:00:00:${id.toString(16).padStart(2, '0')}`;
    return nodeFacts({ id, name: `node${id}`, mac, load: 1, ...this.subject.node, ...parts });
  }

  /** What the core hands over. Secrets are those of the node's load: the same each time it is asked for. */
  context(node: NodeFacts, parts: Parts = {}): ProvisioningContext {
    const { module, directory, settings, revision } = this.subject;
    const context = moduleContext({
      installation: 'conformance',
      directory,
      settings: module.settings.parse(settings),
      node,
      revision,
      secrets: this.secretsOf(node),
      pool: { id: 1, name: 'pool', module: module.id, reach: 'none' },
      ...parts,
    });
    const { os } = this.subject;
    return {
      ...context,
      os: bindOs(os, context),
      osAt: ({ endpoint, secrets }) => {
        const hostKeys = secrets.hostKeys.map((key) => key.public);
        const there = { ...context, secrets, node: { ...node, management: endpoint, hostKeys } };
        const bound = bindOs(os, there);
        if (!bound) throw new Error('there is no OS module');
        return bound;
      },
    };
  }

  secretsOf({ id, load }: NodeFacts): LoadSecrets {
    const key = `${id}.${load}`;
    const secrets = this.#secrets.get(key) ?? newLoadSecrets();
    this.#secrets.set(key, secrets);
    return secrets;
  }

  /** Loads as the core does, and returns the node as it is known afterwards; `post_load` can be left out. */
  async load(node: NodeFacts, options: { postLoad?: boolean } = {}): Promise<NodeFacts> {
    const after = this.known(node, await this.subject.module.load(this.context(node)));
    if (options.postLoad !== false) await this.settle(after);
    return after;
  }

  /** What the core does after a load. */
  async settle(node: NodeFacts): Promise<void> {
    const { os } = this.context(node);
    await os?.prepare();
    await os?.post_load();
  }

  /** What the core keeps of a load or a start. */
  known(node: NodeFacts, { management }: Loaded): NodeFacts {
    const hostKeys = this.secretsOf(node).hostKeys.map((key) => key.public);
    return { ...node, revisionId: this.subject.revision.id, management, hostKeys };
  }
}

/** The OS module bound to the node's management endpoint, as the core binds it; null while there is none. */
function bindOs(os: OsModule | null, context: ProvisioningContext): BoundOs | null {
  const { node, secrets, signal } = context;
  if (!os || !node.management || !secrets) return null;
  const shell = connectShell({
    ...node.management,
    privateKey: secrets.managementKey,
    hostKeys: node.hostKeys,
    signal,
  });
  const osContext: OsContext = { ...context, shell };
  const bound = Object.entries(os).map(([name, member]) => [
    name,
    typeof member === 'function'
      ? (...args: unknown[]) => (member as (...all: unknown[]) => unknown)(osContext, ...args)
      : member,
  ]);
  return Object.fromEntries(bound) as BoundOs;
}
