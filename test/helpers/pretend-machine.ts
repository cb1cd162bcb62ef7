/**
 * A machine of bare metal without a machine: its BMC is the rack's Redfish service, its firmware, imaging agent and system are
 * these lines, which ask the image server what real ones ask. It can be held in each phase; it starts in milliseconds.
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { BmcPower, BootDevice } from '../../modules/provisioning/shared/bmc/bmc.ts';
import { type ServedRedfish, serveRedfish } from '../../src/cli/rack/redfish/serve-redfish.ts';
import type { SwitchedMachine } from '../../src/cli/rack/redfish/switched-machine.ts';
import type { NodeHardware } from '../../src/domain/contracts/facts.ts';
import { sha256 } from '../../src/lib/secrets.ts';
import { freePort } from './free-port.ts';
import { type Answer, saidInventory, type TestAgent, testAgent } from './metal-agent.ts';

/** Where it can be held: as the job's log calls what was said last. */
export type PretendPhase = 'off' | 'script' | 'system' | 'agent' | 'writing' | 'sealing' | 'done';

const account = { username: 'admin', password: 'correct horse' };
const host = '127.0.0.1';

export class PretendMachine implements SwitchedMachine {
  readonly name: string;
  readonly firmware = 'bios';
  readonly mac: string;
  readonly #folder: string;
  readonly #agent: TestAgent;
  #sshPort = 0;
  #bmc: ServedRedfish | null = null;
  #next: BootDevice | null = null;
  /** Since it was switched on; null: it is off. */
  #life: AbortController | null = null;
  /** Its seed, once its disk was written to the end. */
  #disk: Buffer | null = null;
  #held: PretendPhase | null = null;
  #reached: (() => void) | null = null;
  #goOn: (() => void) | null = null;
  /** What each start began with, and how often its disk was begun to be written. */
  readonly starts: string[] = [];
  writes = 0;

  private constructor(name: string, mac: string, sockets: string) {
    this.name = name;
    this.mac = mac;
    this.#folder = join(sockets, mac.replaceAll(':', '-'));
    this.#agent = testAgent(sockets, { mac });
  }

  /** Off, with an empty disk; its BMC answers. */
  static async make(name: string, mac: string, sockets: string): Promise<PretendMachine> {
    const machine = new PretendMachine(name, mac, sockets);
    await mkdir(machine.#folder, { recursive: true });
    machine.#sshPort = await freePort();
    await machine.startBmc();
    return machine;
  }

  /** What the installation knows of it. */
  get hardware(): NodeHardware {
    const { port, fingerprint } = this.#bmc ?? { port: 0, fingerprint: null };
    const endpoint = { host, port: this.#sshPort };
    return {
      bmc: { host, port, ...account, cipher: null, fingerprint },
      firmware: 'bios',
      endpoint,
      inventory: null,
    };
  }

  /** At the port that it had. */
  async startBmc(): Promise<void> {
    const port = this.#bmc?.port ?? 0;
    this.#bmc = await serveRedfish({
      machine: this,
      folder: this.#folder,
      host,
      port,
      account,
      version: '0.1.0',
    });
  }

  async killBmc(): Promise<void> {
    await this.#bmc?.stop();
  }

  /** It stands still when it comes to this phase: resolves then. */
  hold(phase: PretendPhase): Promise<void> {
    this.#held = phase;
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  /** Goes on, up to where it is to be held next. */
  release(): void {
    this.#goOn?.();
    this.#goOn = null;
  }

  async power(): Promise<BmcPower> {
    return this.#life ? 'on' : 'off';
  }

  async on(): Promise<void> {
    if (this.#life) return;
    const life = new AbortController();
    this.#life = life;
    const first = this.#next ?? 'usual';
    this.#next = null;
    this.starts.push(first);
    const running = first === 'network' ? this.#startFromNetwork(life.signal) : this.#startDisk(life.signal);
    running.catch((error: unknown) => {
      if (!life.signal.aborted) throw error;
    });
  }

  async off(): Promise<void> {
    this.#life?.abort(new Error('it is off'));
    this.#life = null;
    this.release();
  }

  async soft(): Promise<void> {}

  async secureBoot(): Promise<null> {
    return null;
  }

  async reset(): Promise<void> {
    await this.off();
    await this.on();
  }

  async setBoot(device: BootDevice | null): Promise<void> {
    this.#next = device;
  }

  async boot(): Promise<BootDevice | null> {
    return this.#next;
  }

  async #startFromNetwork(signal: AbortSignal): Promise<void> {
    const script = await this.#ask(signal, () => this.#agent.get());
    const token = /labrador\.token=(\S+)/.exec(script.text)?.[1];
    if (token === undefined) return await this.#startDisk(signal);
    await this.#at('script', signal);
    await this.#ask(signal, () => this.#agent.get('/agent/initramfs'));
    await this.#at('system', signal);
    const job = await this.#ask(signal, () => this.#agent.post('/agent/job', saidInventory(), token));
    if (job.status !== 200) return await this.off();
    await this.#at('agent', signal);
    await this.#write(job.text, token, signal);
  }

  async #write(orders: string, token: string, signal: AbortSignal): Promise<void> {
    const order = (name: string) => new RegExp(`^${name}='([^']*)'$`, 'm').exec(orders)?.[1] ?? '';
    const tell = (words: string) => this.#agent.post('/agent/progress', words, token);
    this.writes += 1;
    this.#disk = null;
    await this.#ask(signal, () => tell('writing 500'));
    await this.#at('writing', signal);
    // As the agent: what is cut is cut, and is told once the server is there again.
    const stream = await this.#agent.get('/agent/stream', token).catch(() => null);
    signal.throwIfAborted();
    if (stream === null || sha256(stream.body) !== order('STREAM_SHA256')) {
      await this.#ask(signal, () => tell('failed cut the stream was cut. The disk does not start.'));
      return await this.off();
    }
    await this.#ask(signal, () => tell('sealing'));
    await this.#at('sealing', signal);
    const end = await this.#ask(signal, () => this.#agent.get('/agent/end', token));
    await this.#ask(signal, () => this.#agent.get(`/agent/head?sha256=${order('STREAM_SHA256')}`, token));
    await this.#ask(signal, () => this.#agent.post('/agent/done', 'done', token));
    this.#disk = end.body;
    await this.#at('done', signal);
    await this.#startDisk(signal);
  }

  /** Tries again while nobody answers. */
  async #ask(signal: AbortSignal, asking: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      signal.throwIfAborted();
      const answer = await asking().catch(() => null);
      signal.throwIfAborted();
      if (answer !== null && answer.status < 500) return answer;
      await pause(50, undefined, { signal });
    }
  }

  async #at(phase: PretendPhase, signal: AbortSignal): Promise<void> {
    if (this.#held === phase) {
      this.#held = null;
      const going = new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
      this.#reached?.();
      await going;
    }
    signal.throwIfAborted();
  }

  /** Its system is an SSH server with the host key that it was given; with nothing on its disk it does nothing. */
  async #startDisk(signal: AbortSignal): Promise<void> {
    if (this.#disk === null) return;
    const [key = ''] =
      /-----BEGIN OPENSSH PRIVATE KEY-----\n[\w+/=\n]+-----END OPENSSH PRIVATE KEY-----\n/.exec(
        this.#disk.toString('latin1'),
      ) ?? [];
    const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (attempt) => attempt.accept());
      signal.addEventListener('abort', () => client.end(), { once: true });
    });
    server.listen(this.#sshPort, host);
    await once(server, 'listening');
    signal.addEventListener('abort', () => server.close(), { once: true });
  }
}
