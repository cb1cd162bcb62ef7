import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addEvent } from '../../../db/repositories/events.ts';
import {
  addRevision,
  ensureImage,
  findImageFile,
  type NewImage,
  nextRevisionNumber,
  nodesToReload,
  raiseNeeds,
} from '../../../db/repositories/images.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import type { SystemFacts } from '../../domain/contracts/facts.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { promoteFile } from '../../lib/atomic-file.ts';
import type { DataDirectory } from '../../lib/data-directory.ts';
import { fileDigest } from '../../lib/file-digest.ts';
import { acquireImageLock } from '../../lib/file-lock.ts';
import { buildDebian } from '../../lib/images/build-debian.ts';
import type { BuildOptions } from '../../lib/images/build-options.ts';
import { buildTiny, buildTinyUefi } from '../../lib/images/build-tiny.ts';
import type { ImageFacts } from '../../lib/images/image-facts.ts';
import { readImageStart } from '../../lib/images/image-start.ts';
import { inspectImageFile } from '../../lib/images/inspect-image-file.ts';
import { probeImage } from '../../lib/images/probe-image.ts';
import type { ServiceDeps } from '../deps.ts';
import { debianImage, tinyImage, tinyMetalImage, tinyMetalUefiImage } from './first-machines.ts';

/** Where images are kept, and who is told what goes on. */
export interface ImageLibrary {
  readonly data: DataDirectory;
  readonly placeId: number;
  readonly progress: (step: string) => void;
  readonly signal?: AbortSignal;
}

export interface AddedImage {
  readonly name: string;
  readonly revision: number;
  readonly file: string;
  readonly system: SystemFacts;
}

const tinySystem: SystemFacts = {
  ...{ osName: 'Tiny Linux', init: 'busybox', hasSudo: true, hasCloudInit: false, sshServer: 'dropbear' },
};
const built = {
  tiny: { image: tinyImage, build: buildTiny, system: tinySystem },
  'tiny-metal-uefi': { image: tinyMetalUefiImage, build: buildTinyUefi, system: tinySystem },
  debian: {
    image: debianImage,
    build: buildDebian,
    system: {
      ...{ osName: 'Debian GNU/Linux 12 (bookworm)', init: 'systemd', packageManager: 'apt' },
      ...{ hasSudo: true, hasCloudInit: true, sshServer: 'openssh' },
    },
  },
} as const satisfies Record<string, Recipe>;
export type Buildable = keyof typeof built;

interface Recipe {
  readonly image: NewImage;
  readonly system: SystemFacts;
  build(options: BuildOptions): Promise<{ file: string; memory: number }>;
}

/** Builds an image and makes it the production revision. Throws ImageBuildError with a sentence. */
export async function buildImage(
  deps: ServiceDeps,
  library: ImageLibrary,
  name: Buildable,
): Promise<AddedImage> {
  const recipe: Recipe = built[name];
  return inStaging(library, async (folder) => {
    const { progress, signal } = library;
    const made = await recipe.build({ outDir: folder, progress, ...(signal ? { signal } : {}) });
    const memoryMb = Math.max(made.memory, recipe.image.memoryMb);
    return keep(deps, library, { ...recipe, file: made.file, memoryMb });
  });
}

/** Builds `tiny` unless it is there. Returns null when it was. */
export async function ensureTiny(deps: ServiceDeps, library: ImageLibrary): Promise<AddedImage | null> {
  const file = await reading(deps.db, (reader) => findImageFile(reader, 'tiny'));
  return file === null ? buildImage(deps, library, 'tiny') : null;
}

/** Offers `tiny` for bare metal too, under a name of its own, unless that is so. Returns null when it was. */
export async function ensureTinyMetal(deps: ServiceDeps, library: ImageLibrary): Promise<AddedImage | null> {
  const name = tinyMetalImage.name;
  const [tiny, there] = await reading(deps.db, async (reader) => [
    await findImageFile(reader, 'tiny'),
    await findImageFile(reader, name),
  ]);
  if (there !== null || tiny === null) return null;
  return inStaging(library, async (folder) => {
    const file = join(folder, 'image');
    await copyFile(tiny, file, constants.COPYFILE_FICLONE);
    const { memoryMb } = tinyMetalImage;
    return keep(deps, library, { image: tinyMetalImage, file, memoryMb, system: tinySystem });
  });
}

/** Builds `tiny-metal-uefi` unless it is there. Returns null when it was. */
export async function ensureTinyMetalUefi(
  deps: ServiceDeps,
  library: ImageLibrary,
): Promise<AddedImage | null> {
  const { name } = tinyMetalUefiImage;
  const file = await reading(deps.db, (reader) => findImageFile(reader, name));
  return file === null ? buildImage(deps, library, 'tiny-metal-uefi') : null;
}

export interface ImportRequest {
  readonly file: string;
  readonly name: string;
  readonly title: string;
}

/**
 * Takes a qcow2 or raw image of a Linux as an image's next revision, after finding out what it has. Throws ImageRefused
 * or LabError, with a sentence; nothing has changed then.
 */
export async function importImage(
  deps: ServiceDeps,
  library: ImageLibrary,
  request: ImportRequest,
): Promise<AddedImage> {
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(request.name)) {
    throw invalid('name', 'A letter, then letters, digits or hyphens; lower case, at most 60.');
  }
  return inStaging(library, async (folder) => {
    const file = join(folder, 'image');
    await access(request.file, constants.R_OK);
    await inspectImageFile(request.file);
    library.progress('copying the file');
    await copyFile(request.file, file, constants.COPYFILE_FICLONE);
    const { format, virtualSize } = await inspectImageFile(file);
    library.progress('looking what it has');
    const helper = await reading(deps.db, (reader) => findImageFile(reader, 'tiny'));
    if (helper === null)
      throw new LabError('image.not-ready', { detail: 'Build the image tiny first: it looks at others.' });
    const { facts, limits } = await probeImage(file, format, { helper, signal: library.signal });
    const image: NewImage = {
      ...{ name: request.name, title: request.title, description: facts?.os ?? '', icon: iconOf(facts) },
      ...{ osModule: 'linux', cpus: 1, memoryMb: 512, diskMb: Math.ceil(virtualSize / 1024 ** 2) },
    };
    return keep(deps, library, { image, file, memoryMb: 512, system: { ...systemOf(facts), limits } });
  });
}

function iconOf(facts: ImageFacts | undefined): string {
  return facts?.id === 'debian' ? 'debian' : 'terminal';
}

function systemOf(facts: ImageFacts | undefined): SystemFacts {
  if (!facts) return {};
  return {
    hasSudo: facts.sudo,
    hasCloudInit: facts.cloudInit,
    ...(facts.os === undefined ? {} : { osName: facts.os }),
    ...(facts.init === undefined ? {} : { init: facts.init }),
    ...(facts.packageManager === undefined ? {} : { packageManager: facts.packageManager }),
    ...(facts.sshServer === undefined ? {} : { sshServer: facts.sshServer }),
  };
}

/** One at a time, in a folder that is gone afterwards; what a killed one left is removed by the next. */
async function inStaging<T>(library: ImageLibrary, work: (folder: string) => Promise<T>): Promise<T> {
  const lock = acquireImageLock(library.data.images);
  const staging = join(library.data.images, 'staging-');
  try {
    await removeStaging(library.data.images);
    return await work(await mkdtemp(staging));
  } finally {
    await removeStaging(library.data.images);
    lock.release();
  }
}

async function removeStaging(images: string): Promise<void> {
  for (const name of await readdir(images)) {
    if (name.startsWith('staging-')) await rm(join(images, name), { recursive: true, force: true });
  }
}

interface Kept {
  readonly image: NewImage;
  readonly file: string;
  readonly memoryMb: number;
  readonly system: SystemFacts;
}

/** Checksums and renames the file, then adds its revision; a file without a revision is replaced by the next one. */
async function keep(deps: ServiceDeps, library: ImageLibrary, made: Kept): Promise<AddedImage> {
  const { data, placeId, progress } = library;
  progress('checking and keeping it');
  const { format, virtualSize, fileSize } = await inspectImageFile(made.file);
  const sha256 = await fileDigest(made.file);
  const start = await readImageStart({ file: made.file, format, virtualBytes: virtualSize });
  const system = { ...made.system, ...start };
  await chmod(made.file, 0o444);
  const { name } = made.image;
  const number = await reading(deps.db, (reader) => nextRevisionNumber(reader, name));
  const file = join(data.images, `${name}-v${number}.${format}`);
  await promoteFile(made.file, file);
  await inTransaction(deps.db, async (tx) => {
    const sizes = { sizeBytes: fileSize, virtualBytes: virtualSize, sha256, system };
    const imageId = await ensureImage(tx, made.image);
    const revisionId = await addRevision(tx, imageId, { number, format, placeId, file, ...sizes });
    await raiseNeeds(tx, imageId, { memoryMb: made.memoryMb, diskMb: Math.ceil(virtualSize / 1024 ** 2) });
    for (const nodeId of await nodesToReload(tx, imageId, revisionId)) {
      await queueTask(tx, { action: 'reload', targetType: 'node', targetId: nodeId }, { placeId, nodeId });
    }
    await addEvent(tx, { kind: 'image.revision-added', data: { imageId, revisionId, number } });
  });
  return { name, revision: number, file, system };
}
