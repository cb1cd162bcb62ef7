/** A capture by the qemu module beside plain `qemu-img convert` of the same disk, before it and after it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '../modules/os/registry.ts';
import { guestFiles } from '../modules/provisioning/qemu/guest-files.ts';
import { qemu } from '../modules/provisioning/qemu/qemu.ts';
import type { NodeFacts } from '../src/domain/contracts/facts.ts';
import { exec } from '../src/lib/exec.ts';
import { closeShells, connectShell } from '../src/lib/ssh-shell.ts';
import { tinyRevision } from '../test/helpers/tiny-image.ts';
import { Bench } from '../test/modules/provisioning/bench.ts';
import type { Figure } from './figure.ts';

const megabytes = 1_024;
const timeoutMs = 600_000;

interface Times {
  readonly plain: number;
  readonly cleaning: number;
  readonly shuttingDown: number;
  readonly saving: number;
  readonly checking: number;
}

export async function capture(): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const revision = await tinyRevision();
  const bench = new Bench({
    ...{ module: qemu, os: os.linux, directory, revision },
    settings: { bootSeconds: 300 },
  });
  let node = bench.newNode({ diskMb: 3 * megabytes, memoryMb: 512 });
  try {
    node = await bench.load(node);
    await fillDisk(bench, node);
    return figuresOf(await measure(bench, node, join(directory, 'captured')));
  } finally {
    await qemu.unload?.(bench.context(node) as never);
    closeShells();
    await rm(directory, { recursive: true });
  }
}

/** With what nothing makes smaller. */
async function fillDisk(bench: Bench, node: NodeFacts): Promise<void> {
  const { secrets, signal } = bench.context(node);
  if (!node.management || !secrets) throw new Error('there is no way into the machine');
  const identity = { privateKey: secrets.managementKey, hostKeys: node.hostKeys };
  const shell = connectShell({ ...node.management, ...identity, signal });
  const repeat = `while [ $i -lt ${megabytes / 32} ]; do cat /part; i=$((i + 1)); done`;
  const { code, stderr } = await shell.run(
    `dd if=/dev/urandom of=/part bs=1M count=32; i=0; ${repeat} >/filled && rm /part && sync`,
    { timeoutMs },
  );
  if (code !== 0) throw new Error(`the disk could not be filled: ${stderr}`);
}

async function measure(bench: Bench, node: NodeFacts, file: string): Promise<Times> {
  const steps = new Map<string, number>();
  const progress = (step: string) => void (steps.has(step) || steps.set(step, performance.now()));
  const context = bench.context(node, { progress });
  const plain = [await convert(guestFiles(context).path('disk'), `${file}.plain`)];
  await qemu.capture(context as never, { file });
  const ended = performance.now();
  plain.push(await convert(guestFiles(context).path('layer'), `${file}.plain`));
  const at = (step: string) => steps.get(step) ?? Number.NaN;
  return {
    plain: plain.reduce((sum, one) => sum + one, 0) / plain.length,
    cleaning: at('shutting down') - at('cleaning the copy'),
    shuttingDown: at('saving the disk') - at('shutting down'),
    saving: at('checking the image') - at('saving the disk'),
    checking: ended - at('checking the image'),
  };
}

/** The machine's own QEMU may have it open. */
async function convert(from: string, to: string): Promise<number> {
  const began = performance.now();
  await exec('qemu-img', ['convert', '-U', '-f', 'qcow2', '-O', 'qcow2', from, to], { timeoutMs });
  return performance.now() - began;
}

function figuresOf({ plain, cleaning, shuttingDown, saving, checking }: Times): Figure[] {
  const file = saving + checking;
  const whole = cleaning + shuttingDown + file;
  return [
    { name: `plain qemu-img convert of ${megabytes} MB, of two`, value: plain / 1000, unit: 's' },
    { name: 'capture: disk read, written and checked', value: file / 1000, unit: 's' },
    { name: 'its ratio to plain', value: file / plain, unit: 'x', against: 'at most 1.3' },
    { name: 'capture: cleaning', value: cleaning / 1000, unit: 's' },
    { name: 'capture: shutting down', value: shuttingDown / 1000, unit: 's' },
    { name: 'capture: saving', value: saving / 1000, unit: 's' },
    { name: 'capture: checksum and sync', value: checking / 1000, unit: 's' },
    { name: 'the whole capture: ratio to plain', value: whole / plain, unit: 'x' },
  ];
}
