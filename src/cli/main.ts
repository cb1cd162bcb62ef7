import { Command, CommanderError } from 'commander';
import { addAccountCommands } from './commands/accounts.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addBlockCommands, addClassCommands } from './commands/blocks.ts';
import { addCalendarCommands } from './commands/calendar.ts';
import { addBudgetCommand, addCourseCommands } from './commands/courses.ts';
import { addGroupCommands } from './commands/groups.ts';
import { addImageCommands } from './commands/images.ts';
import { addMaintenanceCommands } from './commands/maintenance.ts';
import { addNodeCommands } from './commands/nodes.ts';
import { addPlaceCommands } from './commands/place.ts';
import { addPoolCommands } from './commands/pools.ts';
import { addPredictionCommands } from './commands/prediction.ts';
import { addRackCommands } from './commands/rack.ts';
import { addReservationCommands } from './commands/reservations.ts';
import { addRunCommands } from './commands/run.ts';
import { addScheduleCommands } from './commands/schedules.ts';
import { addServerCommands } from './commands/servers.ts';
import { addTaskCommands } from './commands/tasks.ts';
import { addTimelineCommands } from './commands/timeline.ts';
import { addWaitingCommands } from './commands/waiting.ts';
import { describeFailure } from './failure.ts';
import { complain } from './say.ts';
import { version } from './version.ts';

/**
 * The commands' definitions are all that is loaded to begin with: what a command needs comes when it runs, which keeps the
 * small ones quick.
 */

/** Runs the command line; resolves to the exit code: 0, 1 when it could not be done, 2 when it was asked wrongly. */
async function main(args: readonly string[]): Promise<number> {
  const program = new Command('labrador')
    .description('Reserves real machines')
    .version(version)
    .exitOverride();
  for (const add of [
    addRunCommands,
    addAccountCommands,
    addGroupCommands,
    addCourseCommands,
    addBudgetCommand,
    addBlockCommands,
    addClassCommands,
    addImageCommands,
    addPlaceCommands,
    addBackupCommands,
    addNodeCommands,
    addPoolCommands,
    addPredictionCommands,
    addRackCommands,
    addScheduleCommands,
    addMaintenanceCommands,
    addTimelineCommands,
    addReservationCommands,
    addWaitingCommands,
    addServerCommands,
    addCalendarCommands,
    addTaskCommands,
  ]) {
    add(program);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { sentence, exitCode } = describeFailure(error);
    complain(sentence);
    return exitCode;
  }
}

process.exitCode = await main(process.argv.slice(2));
