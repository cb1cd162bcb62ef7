import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { root } from '../../scripts/paths.mjs';

/** Counts the signals it gets and ends 100 ms after the first one, with a code of its own. */
const program = `
  const words: string[] = process.argv.slice(2);
  let signals = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => {
    signals += 1;
    if (signals === 1) setTimeout(() => { console.log(name, signals); process.exit(7); }, 100);
  });
  setInterval(() => {}, 1000);
  console.log('ready', ...words);
`;

describe('scripts/run-entry', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-entry-'));
    writeFileSync(join(folder, 'program.ts'), program);
    writeFileSync(join(folder, 'tsconfig.json'), '{ not JSON');
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Starts the program as start.mjs starts the CLI, in a process group of its own as a terminal does. */
  async function startProgram(): Promise<{ child: ChildProcess; lines: string[] }> {
    const runEntry = pathToFileURL(join(root, 'scripts/run-entry.mjs')).href;
    const code = `const { runEntry } = await import('${runEntry}'); await runEntry('${folder}/program.ts', ['start', 'x'])`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await once(reader, 'line');
    return { child, lines };
  }

  it('runs TypeScript from any folder, with its arguments', async () => {
    const { child, lines } = await startProgram();
    assert.deepEqual(lines, ['ready start x']);
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  it('hands Ctrl-C, which the whole group gets, to the program once and ends with its code', async () => {
    const { child, lines } = await startProgram();
    process.kill(-(child.pid ?? 0), 'SIGINT');
    const [code] = await once(child, 'close');
    assert.equal(code, 7);
    assert.equal(lines.at(-1), 'SIGINT 1');
  });

  it('hands on SIGTERM sent to it alone', async () => {
    const { child, lines } = await startProgram();
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.equal(code, 7);
    assert.equal(lines.at(-1), 'SIGTERM 1');
  });
});

describe('labrador', () => {
  it('says what to do in a clone where nothing is installed, through a link and from another folder', () => {
    const clone = mkdtempSync(join(tmpdir(), 'labrador-clone-'));
    try {
      spawnSync('cp', [
        '-r',
        join(root, 'labrador'),
        join(root, 'package.json'),
        join(root, 'scripts'),
        clone,
      ]);
      symlinkSync(join(clone, 'labrador'), join(clone, 'link'));
      const { status, stderr } = spawnSync(join(clone, 'link'), ['token'], { cwd: '/', encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(stderr, /^labrador: run npm start in .*labrador-clone-.* first/);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });
});
