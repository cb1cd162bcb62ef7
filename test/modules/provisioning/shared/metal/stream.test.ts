import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNotStarted } from '../../../../../modules/provisioning/shared/metal/fits.ts';
import { forgetStream, prepareStream } from '../../../../../modules/provisioning/shared/metal/stream.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import { simulatedRevision } from '../../../../helpers/module-context.ts';
import { smallImage } from '../../../../helpers/small-stream.ts';

describe('streams of revisions', function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'labrador-streams-'));
  });

  afterEach(async () => await rm(directory, { recursive: true, force: true }));

  const signal = new AbortController().signal;
  const revisionOf = (file: string) =>
    simulatedRevision({ imageName: 'small', number: 1, format: 'raw', file });

  it('are made once, say what they are, and are made anew when they are damaged (20)', async () => {
    const revision = revisionOf(await smallImage(directory));
    const [stream, same] = await Promise.all([
      prepareStream({ directory, signal }, revision),
      prepareStream({ directory, signal }, revision),
    ]);
    assert.deepEqual(same, stream);
    const { bytes, sha256: digest, ...facts } = stream;
    assert.deepEqual(
      [facts.image, facts.bios, facts.uefi, facts.virtualBytes, facts.leastBytes],
      ['small-v1', true, false, 8 * 1024 ** 2, 9 * 1024 ** 2],
    );
    const body = await readFile(stream.body);
    assert.deepEqual([body.length, sha256(body)], [bytes, digest]);
    assert.equal((await readdir(join(directory, 'streams'))).length, 1);

    await forgetStream(stream);
    assert.deepEqual(
      await prepareStream({ directory, signal }, revision),
      stream,
      'nothing is amiss with it',
    );
    const file = await open(stream.body, 'r+');
    await file.write(Buffer.from('damaged'), 0, 7, 1000);
    await file.close();
    await forgetStream(stream);
    await prepareStream({ directory, signal }, revision);
    assert.equal(sha256(await readFile(stream.body)), digest);
  });

  it('cannot be made of what has no partition table, and say so', async () => {
    const file = join(directory, 'empty.raw');
    const disk = await open(file, 'w');
    await disk.truncate(1024 ** 2);
    await disk.close();
    await assert.rejects(prepareStream({ directory, signal }, revisionOf(file)), {
      kind: 'unsatisfiable',
      message: 'small-v1: This image has no partition table, so a machine of its own cannot start it.',
    });
    assert.deepEqual(await readdir(join(directory, 'streams')), [], 'nothing is left of it');
  });

  it('start by the firmware that they are made for alone (20)', () => {
    const image = 'small-v1';
    assert.equal(whyNotStarted({ image, bios: true, uefi: true }, 'uefi'), null);
    assert.equal(
      whyNotStarted({ image, bios: false, uefi: true }, 'bios'),
      'it starts by BIOS; small-v1 can be started by UEFI alone',
    );
    assert.equal(
      whyNotStarted({ image, bios: true, uefi: false }, 'uefi'),
      'it starts by UEFI; small-v1 can be started by BIOS alone',
    );
  });
});
