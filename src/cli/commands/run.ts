import type { Command } from 'commander';
import { stop } from '../stop.ts';

/** `labrador stop`. */
export function addRunCommands(program: Command): void {
  program
    .command('stop')
    .description('stop what runs on the data directory')
    .option('--guests', 'also the machines that somebody has reserved; their disks are kept', false)
    .action(stop);
}
