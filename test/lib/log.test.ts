import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, withLogContext } from '../../src/lib/log.ts';

describe('the log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-log-'));
    file = join(folder, 'deep', 'labrador.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const lines = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes facts and, inside a context, what it is about', async () => {
    const log = createLog({ file });
    await withLogContext({ reservation: 7 }, async () => {
      await Promise.resolve();
      withLogContext({ node: 3 }, () => log.info({ step: 'boot' }, 'a step was done'));
    });
    log.info({}, 'outside');
    const [first, second] = lines();
    assert.deepEqual(
      { ...first, time: 0 },
      { level: 'info', time: 0, reservation: 7, node: 3, step: 'boot', msg: 'a step was done' },
    );
    assert.equal(second?.reservation, undefined);
    assert.equal((statSync(file).mode & 0o077).toString(8), '0');
  });

  it('hides what has the name of a secret', () => {
    createLog({ file }).info(
      { password: 'p1', request: { headers: { cookie: 'c1' }, token: 't1' } },
      'hidden',
    );
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /p1|c1|t1/);
    assert.match(text, /\[secret\]/);
  });

  it('tells people from warnings on, in one line', () => {
    const said: string[] = [];
    const log = createLog({ file, say: (line) => said.push(line) });
    log.info({}, 'nothing to see');
    log.warn({ node: 3, error: new Error('no\nanswer') }, 'a node failed');
    assert.deepEqual(said, ['warning: a node failed (node=3 error="no\\nanswer")']);
    assert.equal(lines().length, 2);
  });
});
