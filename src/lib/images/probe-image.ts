/**
 * Finds out what an image has, without this computer ever reading its file systems: a throw-away guest (tiny) gets the disk
 * read-only, looks, and says what it found on its serial console. It has no network.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecError } from '../exec.ts';
import { type ImageFacts, limitsOf, parseProbe } from './image-facts.ts';
import { requireTools, runTool } from './image-tools.ts';
import { makeSeed } from './make-seed.ts';
import type { ImageFormat } from './sniff-image.ts';

export interface ProbeOptions {
  /** tiny.qcow2, which is booted to look. */
  readonly helper: string;
  readonly accelerator?: 'tcg' | 'kvm';
  /** 60,000 unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ProbedImage {
  /** Undefined when the look failed. */
  readonly facts: ImageFacts | undefined;
  /** What cannot be done with it, one sentence each. */
  readonly limits: readonly string[];
}

/**
 * `format` is what inspectImageFile said. Rejects with signal.reason when aborted and with ImageBuildError when QEMU or
 * mtools are not installed; an image that cannot be looked at is an answer, not an error.
 */
export async function probeImage(
  file: string,
  format: ImageFormat,
  options: ProbeOptions,
): Promise<ProbedImage> {
  requireTools('qemu-system-x86_64');
  const work = await mkdtemp(join(tmpdir(), 'labrador-probe-'));
  try {
    const seed = join(work, 'seed');
    await makeSeed(seed, { probe: '' }, { signal: options.signal });
    const facts = parseProbe(await runHelper(guestArguments(file, format, seed, options), options));
    if (facts !== undefined) return { facts, limits: limitsOf(facts) };
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { facts: undefined, limits: ['it could not be looked at: nothing is known about it'] };
}

async function runHelper(args: readonly string[], options: ProbeOptions): Promise<string> {
  const { timeoutMs = 60_000, signal } = options;
  return (await runTool('qemu-system-x86_64', args, { timeoutMs, signal })).stdout;
}

function guestArguments(file: string, format: ImageFormat, seed: string, options: ProbeOptions): string[] {
  return [
    ...[
      '-nodefaults',
      '-display',
      'none',
      '-serial',
      'stdio',
      '-monitor',
      'none',
      '-nic',
      'none',
      '-no-reboot',
    ],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-machine', 'q35', '-m', '256', '-accel', options.accelerator ?? 'tcg'],
    ...['-cpu', options.accelerator === 'kvm' ? 'host' : 'Nehalem,+rdrand'],
    ...drive('helper', { driver: 'qcow2', file: { driver: 'file', filename: options.helper } }),
    ...drive('seed', { driver: 'raw', file: { driver: 'file', filename: seed } }),
    ...drive('image', { driver: format, file: { driver: 'file', filename: file } }),
  ];
}

function drive(name: string, node: object): string[] {
  const blockdev = { 'node-name': name, 'read-only': true, ...node };
  return ['-blockdev', JSON.stringify(blockdev), '-device', `virtio-blk-pci,drive=${name}`];
}
