import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { connectDatabase } from '../../db/connect.ts';
import { freePort } from '../helpers/free-port.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';
import { simulatedInstallation } from '../helpers/simulated-installation.ts';

const minute = 60_000;

describe('mail from the running program', function () {
  this.timeout(120_000);
  let post: PostOffice;
  let folder: string;
  let running: RunningLabrador | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-mail-'));
    post = new PostOffice();
    await post.open();
  });
  after(async () => {
    await running?.end('SIGKILL');
    await post.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("tells a reservation's person what happens to it, and when it ends", async () => {
    const data = join(folder, 'data');
    const database = `sqlite:${join(data, 'labrador.sqlite')}`;
    await simulatedInstallation(data, database);
    const port = String(await freePort());
    const settings = {
      LABRADOR_DATA: data,
      LABRADOR_PORT: port,
      LABRADOR_PUBLIC_URL: 'https://lab.example.org',
    };
    const mail = { LABRADOR_SMTP_URL: post.url, LABRADOR_MAIL_FROM: 'labrador@example.org' };
    const run = (...args: string[]) => labrador({ ...settings, ...me }).run(args);
    const me: Record<string, string> = { LABRADOR_URL: `http://127.0.0.1:${port}` };
    me.LABRADOR_TOKEN = (await run('token', 'create', '--user', 'student')).out.trim();
    assert.match(
      (await run('user', 'email', 'student', 'not an address')).err,
      /^email: Expected an e-mail address/,
    );
    assert.match(
      (await run('user', 'email', 'student', 'ada@example.org')).out,
      /^Notices of student are mailed/,
    );

    running = labrador({ ...settings, ...mail }).begin('start');
    await running.says(/Everything is ready/);
    post.busy = 2;
    await run('reserve', 'simulated', '--minutes', '60');
    const ready = await post.next(/ready/);
    assert.match(ready, /^To: ada@example\.org/m);
    assert.match(ready, /^From: labrador@example\.org/m);
    assert.match(ready, /https:\/\/lab\.example\.org\/reservations\/1/);
    assert.match(ready, /It ends on \w+ \d+ \w+ at \d\d:\d\d/);

    const db = connectDatabase(database);
    const long = { ready_at: Date.now() - 3 * 1440 * minute, minutes: 4000 };
    for (const [left, words] of [
      [1439, /ends in 23 h/],
      [14.5, /ends in 1\d min/],
      [4.5, /ends in [45] min/],
    ] as const) {
      await db.knex('reservations').update({ ...long, end_at: Date.now() + left * minute });
      await db.knex('tasks').whereIn('action', ['reserved', 'inuse']).update({ run_after: 0, wake: 1 });
      await post.next(words);
    }
    await db.close();
    assert.equal(post.received, 4);
    assert.match(readFileSync(join(data, 'log', 'labrador.log'), 'utf8'), /did not take the mail/);
    assert.equal(await running.end('SIGTERM'), 0);
  });
});

/** A real SMTP server that keeps what it takes; the first `busy` mails it refuses for now. */
class PostOffice {
  busy = 0;
  url = '';
  received = 0;
  readonly #mails: string[] = [];
  readonly #arrived = new EventEmitter();
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => {
      const later = this.busy-- > 0;
      done(later ? Object.assign(new Error('busy'), { responseCode: 451 }) : null);
    },
    onData: (stream, _session, done) => {
      let mail = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        mail += part.replaceAll('=\r\n', '');
      });
      stream.on('end', () => {
        this.received++;
        this.#mails.push(mail);
        this.#arrived.emit('mail');
        done();
      });
    },
  });

  async open(): Promise<void> {
    const listening = this.#server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    this.url = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  /** The first mail with these words that was not asked for yet. */
  async next(words: RegExp): Promise<string> {
    for (;;) {
      const found = this.#mails.findIndex((mail) => words.test(mail));
      if (found >= 0) return this.#mails.splice(found, 1)[0] ?? '';
      await once(this.#arrived, 'mail');
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
