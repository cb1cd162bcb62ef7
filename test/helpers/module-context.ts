/** Contexts for module tests: what the core would hand over, with the parts a test cares about replaced. */
import type { NodeFacts, RevisionFacts } from '../../src/domain/contracts/facts.ts';
import type { ModuleLog } from '../../src/domain/contracts/module-context.ts';
import type { ProvisioningContext } from '../../src/domain/contracts/provisioning-context.ts';

export const silentLog: ModuleLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export function nodeFacts(parts: Partial<NodeFacts> = {}): NodeFacts {
  return {
    id: 1,
    name: 'node1',
    state: 'reloading',
    cpus: 1,
    memoryMb: 256,
    diskMb: 2048,
    mac: '52:54:00:00:00:01',
    load: 1,
    loadBeganAt: null,
    revisionId: null,
    tainted: false,
    unclean: false,
    power: 'on',
    outFor: null,
    reloadAsked: false,
    management: null,
    user: null,
    hostKeys: [],
    hardware: null,
    ...parts,
  };
}

export function simulatedRevision(parts: Partial<RevisionFacts> = {}): RevisionFacts {
  return {
    id: 7,
    imageId: 3,
    imageName: 'simulated',
    number: 2,
    format: 'simulated',
    file: '',
    sizeBytes: 1024,
    sha256: null,
    virtualBytes: 1024,
    osModule: 'linux',
    system: {},
    ...parts,
  };
}

type Parts<Settings> = Partial<ProvisioningContext<Settings>> &
  Pick<ProvisioningContext<Settings>, 'settings' | 'directory'>;

export function moduleContext<Settings>(parts: Parts<Settings>): ProvisioningContext<Settings> {
  return {
    installation: 'test',
    node: nodeFacts(),
    pool: { id: 1, name: 'pool', module: 'simulator', reach: 'none' },
    revision: null,
    secrets: null,
    signal: new AbortController().signal,
    deadline: Number.MAX_SAFE_INTEGER,
    attempt: 1,
    progress: () => undefined,
    log: silentLog,
    os: null,
    osAt: null,
    ...parts,
  };
}
