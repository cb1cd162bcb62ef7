import { Argument, type Command, Option } from 'commander';
import type { Buildable } from '../../services/setup/image-library.ts';
import { addLibraryCommands } from './library.ts';

const work = () => import('../images.ts');
const buildable: readonly Buildable[] = ['tiny', 'debian'];

/** `labrador image ...` */
export function addImageCommands(program: Command): void {
  const image = program.command('image').description('Images');
  addLibraryCommands(image);
  image
    .command('build')
    .description('build an image from Debian packages')
    .addArgument(new Argument('<name>', 'which').choices(buildable))
    .action(async (name: Buildable) => (await work()).build(name));
  image
    .command('import <file>')
    .description('take a qcow2 or raw image, such as a cloud image, as an environment')
    .requiredOption('--name <name>', 'what it is called in addresses and commands')
    .option('--title <words>', 'what people read')
    .addOption(
      new Option('--os <module>', 'what prepares the system inside').choices(['linux']).default('linux'),
    )
    .action(async (file: string, options: { name: string; title?: string }) => {
      await (await work()).bring(file, options);
    });
}
