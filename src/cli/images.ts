import { basename, resolve } from 'node:path';
import { findServedPlace } from '../services/setup/enrol.ts';
import {
  type AddedImage,
  type Buildable,
  buildImage,
  type ImageLibrary,
  importImage,
} from '../services/setup/image-library.ts';
import { type Installation, withInstallation } from './installation.ts';
import { complain, say } from './say.ts';

/** Builds an image and says what it is. */
export function build(name: Buildable): Promise<void> {
  return add((installation, library) => buildImage(installation.deps, library, name));
}

/** Imports an image file and says what was found out about it. */
export function bring(file: string, options: { name: string; title?: string }): Promise<void> {
  const request = { file: resolve(file), name: options.name, title: options.title ?? basename(file) };
  return add((installation, library) => importImage(installation.deps, library, request));
}

type Work = (installation: Installation, library: ImageLibrary) => Promise<AddedImage>;

function add(work: Work): Promise<void> {
  return withInstallation(async (installation) => {
    const { data, deps } = installation;
    const placeId = await findServedPlace(deps, data);
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort(new Error('Stopped. Nothing was changed.')));
    const progress = (step: string) => complain(`${step} ...`);
    report(await work(installation, { data, placeId, progress, signal: stop.signal }));
  });
}

function report({ name, revision, system }: AddedImage): void {
  say(`${name}-v${revision} can be reserved as soon as a machine that is large enough has loaded it.`);
  const facts = {
    system: system.osName,
    init: system.init,
    packages: system.packageManager,
    SSH: system.sshServer,
  };
  for (const [what, value] of Object.entries(facts)) if (value !== undefined) say(`  ${what}: ${value}`);
  for (const limit of system.limits ?? []) say(`  cannot do: ${limit}`);
}
