import type { Command } from 'commander';
import { addPeopleCommands } from './people.ts';

const work = () => import('../accounts.ts');

/** `labrador token ...` and `labrador user ...`: what is done to accounts from this computer, and over REST. */
export function addAccountCommands(program: Command): void {
  const token = program.command('token').description('Tokens for the API');
  token
    .command('create')
    .description('make a token with all rights of its person; it is the last line')
    .requiredOption('--user <name>', 'whose it is')
    .option('--label <words>', 'what it is for', 'made on the command line')
    .action(async (options: { user: string; label: string }) =>
      (await work()).createToken(options.user, options.label),
    );

  const user = program.command('user').description('Accounts');
  user
    .command('password <name>')
    .description('set a password: asked for at a terminal, else the first line of the input')
    .action(async (name: string) => (await work()).setPassword(name));
  user
    .command('link <name>')
    .description('print a sign-in link that works once, for ten minutes')
    .action(async (name: string) => (await work()).printLink(name));
  user
    .command('add <name>')
    .description('add an account; its password is asked for')
    .option('--group <name>', 'its group', 'students')
    .option('--email <address>', 'where its notices are mailed')
    .action(async (name: string, options: { group: string; email?: string }) =>
      (await work()).addAccount(name, options),
    );
  user
    .command('email <name> <address>')
    .description('set where its notices are mailed; "" for nowhere')
    .action(async (name: string, address: string) => (await work()).setAddress(name, address));
  addPeopleCommands(user);
}
