import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { connectDatabase, type Database, type Engine } from '../../db/connect.ts';
import { fillTable } from '../../db/repositories/insert-rows.ts';
import { auditOccupancy } from '../../db/repositories/occupancy-audit.ts';
import { inSnapshot, inTransaction } from '../../db/transaction.ts';
import { exec } from '../../src/lib/exec.ts';
import { fileDigest } from '../../src/lib/file-digest.ts';
import { restore } from '../../src/services/backup/restore.ts';
import { eachEngine } from '../helpers/database.ts';
import { freePort } from '../helpers/free-port.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';
import { startMariaDb } from '../helpers/mariadb.ts';
import { simulatedInstallation } from '../helpers/simulated-installation.ts';

describe('backup and restore', function () {
  this.timeout(240_000);

  eachEngine((engine, { url }) => {
    let folder: string;
    let running: RunningLabrador[];
    let old: Record<string, string>;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'labrador-backup-'));
      running = [];
    });
    afterEach(async () => {
      for (const one of running) if (one.child.exitCode === null) await one.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    });

    /** Settings of an installation in a folder of its own, with a database that is empty. */
    async function another(name: string): Promise<Record<string, string>> {
      const port = String(await freePort());
      const env = { LABRADOR_DATA: join(folder, name), LABRADOR_PORT: port };
      return { ...env, LABRADOR_DATABASE_URL: await emptyDatabase(engine, join(folder, name)) };
    }

    async function begin(env: Record<string, string>, says: RegExp): Promise<RunningLabrador> {
      const program = labrador(env).begin('start');
      running.push(program);
      await program.says(says);
      return program;
    }

    const person = async (env: Record<string, string>) => {
      const { out } = await labrador(env).run(['token', 'create', '--user', 'student']);
      const token = out.trim().split('\n').at(-1) ?? '';
      return labrador({
        ...env,
        LABRADOR_TOKEN: token,
        LABRADOR_URL: `http://127.0.0.1:${env.LABRADOR_PORT}`,
      });
    };

    const health = async (env: Record<string, string>) => {
      const answer = await fetch(`http://127.0.0.1:${env.LABRADOR_PORT}/api/v1/health`);
      const { waitingFor } = (await answer.json()) as { waitingFor: string[] };
      return { status: answer.status, waitingFor: waitingFor.join('\n') };
    };

    it('bring an installation to another place, disarmed, and refuse what is no whole backup', async () => {
      old = { ...(await another('old')), LABRADOR_DATABASE_URL: await url() };
      await simulatedInstallation(join(folder, 'old'), old.LABRADOR_DATABASE_URL ?? '');
      const image = join(folder, 'old', 'images', 'kept-v1.qcow2');
      writeFileSync(image, randomBytes(100_000));
      const rows = connectDatabase(old.LABRADOR_DATABASE_URL ?? '');
      const sha256 = await fileDigest(image);
      const theirs = { format: 'simulated' };
      await rows.knex('image_revisions').where(theirs).update({ file: image, sha256, place_id: 1 });
      const names = Array.from({ length: 5_001 }, (_, n) => [`Räum-${n % 2 ? 'x' : 'X'}-${n}`, n]);
      await inTransaction(rows, (tx) =>
        fillTable(tx, { table: 'counters', columns: ['name', 'changes'], rows: names }),
      );
      await begin(old, /Everything is ready/);
      const student = await person(old);
      await student.run(['reserve', 'simulated']);
      await until(student, /reserved/);

      const file = join(folder, 'all.backup');
      const made = await labrador(old).run(['backup', file, '--images']);
      assert.equal(made.code, 0, made.err);
      assert.match(made.out, /master key/);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const again = await labrador(old).run(['backup', file]);
      assert.deepEqual(
        [again.code, again.err],
        [1, `${file} is there already: give the backup another name.\n`],
      );
      assert.deepEqual(readdirSync(folder).toSorted(), ['all.backup', 'old']);
      const bare = join(folder, 'bare.backup');
      assert.match((await labrador(old).run(['backup', bare])).out, /does not hold the image file/);
      const before = await counters(rows);
      await rows.close();

      const fresh = await another('new');
      await refusals(file, fresh);
      const packed = await labrador(await another('packed')).run(['restore', file]);
      assert.equal(packed.code, 0, packed.err);
      assert.doesNotMatch(packed.out, /Copy them/);
      assert.deepEqual(readFileSync(join(folder, 'packed', 'images', 'kept-v1.qcow2')), readFileSync(image));
      const restored = await labrador(fresh).run(['restore', bare]);
      assert.equal(restored.code, 0, restored.err);
      const kept = join(folder, 'new', 'images', 'kept-v1.qcow2');
      assert.ok(restored.out.includes(`Copy them before arming it:\n  ${kept} (SHA-256 ${sha256})`));
      const db = connectDatabase(fresh.LABRADOR_DATABASE_URL ?? '');
      assert.deepEqual(await counters(db), before);
      assert.equal((await db.knex('image_revisions').where(theirs).first()).file, kept);
      assert.deepEqual(await inSnapshot(db, (reader) => auditOccupancy(reader, 0)), []);

      const program = await begin(fresh, / is at http/);
      assert.match(program.err(), /no machine is touched until "labrador arm"/);
      const gone = `simulated-v1 cannot be loaded: its file is missing. Put it back`;
      assert.ok(program.err().includes(`${gone} as ${kept} (SHA-256 ${sha256}).`), program.err());
      const unready = await health(fresh);
      assert.equal(unready.status, 503);
      assert.match(unready.waitingFor, /the image file of Simulated .* is missing: put kept-v1.qcow2 back/);
      assert.match(unready.waitingFor, /is disarmed: no machine is touched until "labrador arm"/);
      const they = await person(fresh);
      assert.match((await they.run(['list'])).out, /^1 {2}deleted/);
      const [notice] = await db.knex('notices').where({ reservation_id: 1, notice_key: 'ended' });
      assert.match(notice.data, /restored from a backup of .* are gone/);

      assert.equal((await labrador(fresh).run(['arm'])).code, 0);
      await until(they, /complete/);
      const refusal = await they.run(['reserve', 'simulated']);
      assert.match(refusal.err, /The image file of this environment is missing on the server/);
      assert.doesNotMatch(program.out(), /Everything is ready/);
      copyFileSync(image, kept);
      await program.says(/Everything is ready/);
      assert.equal((await health(fresh)).status, 200);
      await they.run(['reserve', 'simulated']);
      await until(they, /"reserved"/);
      const [newest] = await db.knex('reservations').max('id as id');
      assert.ok(
        Number(newest?.id) > 10_000,
        'a number that may have been given after the backup is not given again',
      );
      assert.equal((await student.run(['list'])).out.includes('reserved'), true, 'the old one goes on');
      await db.close();
    });

    /** Each with a sentence, and nothing is there afterwards. */
    async function refusals(file: string, target: Record<string, string>): Promise<void> {
      const broken = join(folder, 'broken.backup');
      const refused = async (sentence: RegExp, env = target, foreseen = true) => {
        const to = { data: env.LABRADOR_DATA ?? '', databaseUrl: env.LABRADOR_DATABASE_URL ?? '' };
        await assert.rejects(restore(broken, to), sentence);
        if (foreseen) await assert.rejects(restore(broken, to), /Nothing was changed\.$/);
        assert.equal(existsSync(join(folder, 'new')), false);
      };
      for (const share of [0.1, 0.6, 0.9]) {
        copyFileSync(file, broken);
        truncateSync(broken, Math.floor(statSync(file).size * share));
        await refused(/cut off/);
      }
      writeFileSync(broken, 'no archive at all');
      await refused(/no backup of Labrador/);
      await rebuild(file, broken, (at) => {
        const bytes = readFileSync(join(at, 'images', 'kept-v1.qcow2'));
        bytes[5000] = (bytes[5000] ?? 0) ^ 1;
        writeFileSync(join(at, 'images', 'kept-v1.qcow2'), bytes);
      });
      await refused(/kept-v1.qcow2 in .* is damaged/);
      await rebuild(file, broken, (at) => {
        const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8'));
        manifest.schema.push('9999-later');
        writeFileSync(join(at, 'manifest.json'), JSON.stringify(manifest));
      });
      await refused(/newer Labrador \(.*9999-later/);
      await rebuild(file, broken, (at) => {
        const rows = gzipSync(`${JSON.stringify({ table: 'users', columns: ['nonsense'], rows: [[1]] })}\n`);
        writeFileSync(join(at, 'database.jsonl.gz'), rows);
        const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8'));
        manifest.digests['database.jsonl.gz'] = createHash('sha256').update(rows).digest('hex');
        writeFileSync(join(at, 'manifest.json'), JSON.stringify(manifest));
      });
      await refused(/nonsense/, target, false);
      copyFileSync(file, broken);
      await refused(/has tables already/, {
        ...target,
        LABRADOR_DATABASE_URL: old.LABRADOR_DATABASE_URL ?? '',
      });
      await refused(/is not empty/, { ...target, LABRADOR_DATA: old.LABRADOR_DATA ?? '' });
      rmSync(broken);
    }

    async function rebuild(file: string, into: string, change: (folder: string) => void): Promise<void> {
      const at = mkdtempSync(join(folder, 'unpacked-'));
      await exec('tar', ['-xf', file, '-C', at]);
      change(at);
      const files = readdirSync(at, { recursive: true, encoding: 'utf8' }).filter(
        (name) => name !== 'images',
      );
      await exec('tar', ['-cf', into, '-C', at, ...files]);
      rmSync(at, { recursive: true });
    }
  });
});

/** Of both cases and with umlauts, more than a piece has: none is lost between two pieces, none comes twice. */
function counters(db: Database): Promise<unknown[]> {
  return db.knex('counters').orderBy('changes').orderBy('name');
}

/** Asks until the person's list says so. */
async function until(person: ReturnType<typeof labrador>, wanted: RegExp): Promise<void> {
  let said = '';
  for (let tries = 0; tries < 60; tries++) {
    said = (await person.run(['list', '--json'])).out;
    if (wanted.test(said)) return;
  }
  throw new Error(`${wanted} was never listed: ${said}`);
}

let databases = 0;

async function emptyDatabase(engine: Engine, folder: string): Promise<string> {
  if (engine === 'sqlite') return `sqlite:${join(folder, 'labrador.sqlite')}`;
  const server = await startMariaDb();
  const name = `restored_${++databases}`;
  const administration = connectDatabase(server.url(''));
  await administration.knex.raw(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await administration.close();
  return server.url(name);
}
