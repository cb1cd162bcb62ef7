/** A pool of pretended machines before a real image server, and the module that loads them. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endSessions } from '../../../../../modules/provisioning/redfish/kept-clients.ts';
import { redfish } from '../../../../../modules/provisioning/redfish/redfish.ts';
import { stopImageServer } from '../../../../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import type { ProvisioningContext } from '../../../../../src/domain/contracts/provisioning-context.ts';
import { closeShells } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { simulatedRevision } from '../../../../helpers/module-context.ts';
import { PretendMachine } from '../../../../helpers/pretend-machine.ts';
import { smallImage } from '../../../../helpers/small-stream.ts';
import { Bench } from '../../bench.ts';

interface Asked {
  readonly load?: number;
  readonly node?: Partial<NodeFacts>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export class PretendRack {
  readonly directory: string;
  readonly #root: string;
  readonly #bench: Bench;
  readonly #machines: PretendMachine[] = [];

  private constructor(root: string, image: string) {
    this.#root = root;
    this.directory = join(root, 'pool');
    const settings = {
      ...{ imageSockets: join(root, 'nodes'), agentKernel: 'cloud', intervalSeconds: 0, powerOnSeconds: 0 },
      // Nets for what hangs, on a machine twenty times as slow.
      ...{ silentSeconds: 600, bootSeconds: 600 },
    };
    const revision = simulatedRevision({ imageName: 'small', number: 1, format: 'raw', file: image });
    this.#bench = new Bench({ module: redfish, os: null, directory: this.directory, settings, revision });
  }

  static async open(): Promise<PretendRack> {
    const root = await mkdtemp(join(tmpdir(), 'labrador-pretend-'));
    const rack = new PretendRack(root, await smallImage(root));
    await mkdir(rack.directory);
    await mkdir(join(root, 'nodes'));
    await imageAgent();
    await symlink(imageAgents, metalFiles(rack.directory).agents);
    return rack;
  }

  async machine(): Promise<PretendMachine> {
    const number = this.#machines.length + 1;
    const mac = `52:54:00:cc:00:${number.toString(16).padStart(2, '0')}`;
    const machine = await PretendMachine.make(`metal${number}`, mac, join(this.#root, 'nodes'));
    this.#machines.push(machine);
    return machine;
  }

  /** What the module is told of a machine; `load` counts its loads. */
  context(machine: PretendMachine, { load = 1, node = {}, settings = {} }: Asked = {}): ProvisioningContext {
    const { name, mac, hardware } = machine;
    const id = this.#machines.indexOf(machine) + 1;
    const facts = this.#bench.newNode({ id, name, mac, hardware, load, ...node });
    const context = this.#bench.context(facts);
    return { ...context, settings: { ...(context.settings as object), ...settings } };
  }

  load(machine: PretendMachine, asked: Asked = {}) {
    return redfish.load(this.context(machine, asked) as never);
  }

  killImageServer(): Promise<void> {
    return stopImageServer(this.directory);
  }

  async close(): Promise<void> {
    closeShells();
    for (const machine of this.#machines) await machine.off();
    await endSessions();
    for (const machine of this.#machines) await machine.killBmc();
    await stopImageServer(this.directory);
    await rm(this.#root, { recursive: true, force: true });
  }
}
