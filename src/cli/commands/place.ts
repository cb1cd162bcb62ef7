import type { Command } from 'commander';

const work = () => import('../place.ts');

/** `labrador arm`, `join` and `migrate`: what binds a data directory to a database. */
export function addPlaceCommands(program: Command): void {
  program
    .command('arm')
    .description('let this data directory touch its machines again, after a copy, a move or a restore')
    .action(async () => (await work()).bind('Armed'));
  program
    .command('join')
    .description('enrol this data directory as a place of the installation in the database')
    .action(async () => (await work()).bind('Enrolled'));
  program
    .command('migrate')
    .description('bring the database to the schema of this version')
    .action(async () => (await work()).migrateNow());
}
