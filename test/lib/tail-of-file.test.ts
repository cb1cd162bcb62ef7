import assert from 'node:assert/strict';
import { appendFileSync, rmSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tailOfFile } from '../../src/lib/tail-of-file.ts';

describe('the tail of a file', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'labrador-tail-'));
    file = join(directory, 'console.log');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const end = async (tail: Awaited<ReturnType<typeof tailOfFile>>, most = 100) =>
    (await tail.end(most)).toString();

  it('is what was written since, at most its end', async () => {
    await writeFile(file, 'before ');
    const tail = await tailOfFile(file);
    await appendFile(file, 'one two three');
    assert.equal(await end(tail), 'one two three');
    assert.equal(await end(await tailOfFile(file)), '');
    const short = await tailOfFile(file);
    await appendFile(file, 'four five');
    assert.equal(await end(short, 4), 'five');
  });

  it('is found also of a file that was removed, that was made anew, and is empty without one', async () => {
    await writeFile(file, 'before ');
    const removed = await tailOfFile(file);
    appendFileSync(file, 'after');
    rmSync(file);
    assert.equal(await end(removed), 'after');
    const none = await tailOfFile(file);
    assert.equal(await end(none), '');
    const made = await tailOfFile(file);
    await writeFile(file, 'new');
    assert.equal(await end(made), 'new');
  });
});
