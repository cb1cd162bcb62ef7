import type { Command } from 'commander';

const work = () => import('../backup.ts');

/** `labrador backup` and `restore`. */
export function addBackupCommands(program: Command): void {
  program
    .command('backup <file>')
    .description(
      'write the database, the master key and the list of images into one new file, while everything runs',
    )
    .option('--images', 'the image files, too', false)
    .action(async (file: string, options: { images: boolean }) => (await work()).backup(file, options));
  program
    .command('restore <file>')
    .description(
      'make an installation of a backup, in an empty data directory and database; it starts disarmed',
    )
    .action(async (file: string) => (await work()).restoreHere(file));
}
