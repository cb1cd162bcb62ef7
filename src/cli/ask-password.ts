import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError } from './failure.ts';

/** A password: twice and unseen at a terminal, else the first line of the input. */
export async function askPassword(question: string): Promise<string> {
  if (!process.stdin.isTTY) return readLine();
  const first = await askUnseen(question);
  const second = await askUnseen('Once more: ');
  if (first !== second) throw new CommandError('The two are not the same. Nothing was changed.');
  return first;
}

/** readline writes what is typed to its output: here, nowhere. */
function askUnseen(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question); // only now is nothing echoed
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => reject(new CommandError('Nothing was changed.')));
    lines.once('close', () => reject(new CommandError('Nothing was changed.')));
    lines.once('line', resolve);
  })
    .then((line) => line as string)
    .finally(() => {
      lines.close();
      process.stderr.write('\n');
    });
}

async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new CommandError('Expected a password in the first line of the input.', 2);
}
