import { basename, resolve } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { findServedPlace } from '../../services/setup/enrol.ts';
import {
  type AddedImage,
  type Buildable,
  buildable,
  buildImage,
  type ImageLibrary,
  importImage,
} from '../../services/setup/image-library.ts';
import { type Installation, withInstallation } from '../installation.ts';
import { complain, say } from '../say.ts';

/** `labrador image ...` */
export function addImageCommands(program: Command): void {
  const image = program.command('image').description('Images');
  image
    .command('build')
    .description('build an image from Debian packages')
    .addArgument(new Argument('<name>', 'which').choices(buildable))
    .action((name: Buildable) =>
      add((installation, library) => buildImage(installation.deps, library, name)),
    );
  image
    .command('import <file>')
    .description('take a qcow2 or raw image, such as a cloud image, as an environment')
    .requiredOption('--name <name>', 'what it is called in addresses and commands')
    .option('--title <words>', 'what people read')
    .addOption(
      new Option('--os <module>', 'what prepares the system inside').choices(['linux']).default('linux'),
    )
    .action((file: string, options: { name: string; title?: string }) => {
      const request = { file: resolve(file), name: options.name, title: options.title ?? basename(file) };
      return add((installation, library) => importImage(installation.deps, library, request));
    });
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
