import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundleOf } from '../../scripts/bundle.mjs';
import { root } from '../../scripts/paths.mjs';

describe('scripts/bundle', () => {
  let folder: string;
  let made: string | null;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-bundle-'));
    write('main.ts', `import { word } from './word.ts'; console.log(word, process.argv[2]);`);
    write('word.ts', `export const word: string = 'one';`);
  });
  after(() => {
    rmSync(folder, { recursive: true });
    if (made) rmSync(dirname(made), { recursive: true });
  });

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const run = () =>
    execFileSync(process.execPath, [join(root, 'scripts/run.mjs'), join(folder, 'main.ts'), 'x'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });

  it('is made once, and anew when a file that it was made of is not as it was', async () => {
    assert.equal(run(), 'one x\n');
    made = await bundleOf(join(folder, 'main.ts'));
    assert.ok(made);
    const { mtimeMs } = statSync(made);
    assert.equal(run(), 'one x\n');
    assert.equal(statSync(made).mtimeMs, mtimeMs);
    write('word.ts', `export const word: string = 'another';`);
    assert.equal(run(), 'another x\n');
  });

  it('has each file find what lies beside it, and name its own lines', () => {
    write('word.ts', `export const word = import.meta.url;`);
    assert.equal(run(), `file://${folder}/word.ts x\n`);
    write(
      'word.ts',
      `\n\nexport const word: string = thrown();\nfunction thrown(): never { throw new Error('no'); }`,
    );
    assert.throws(run, ({ stderr }: { stderr: string }) => stderr.includes(`${folder}/word.ts:4:`));
  });

  it('is none of what cannot be compiled', () => {
    write('word.ts', 'export const = 1;');
    assert.throws(run, ({ stderr }: { stderr: string }) =>
      /word\.ts:1:13: ERROR: Expected identifier/.test(stderr),
    );
  });
});
