/** What every provisioning module must do, run against each: `<id>/conformance.test.ts` says with what. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeFacts, RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { type Artefact, artefactName, revisionName } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { nodeFacts } from '../../helpers/module-context.ts';
import { Bench, type Subject } from './bench.ts';
import { LoadingProcess } from './loading-process.ts';

/** A module with one image to load; `open` is called once before, `close` after. */
export interface Harness {
  open(): Promise<Subject>;
  close(subject: Subject): Promise<void>;
  /** A revision that names a file, or whatever the module loads, that does not exist. */
  missing(revision: RevisionFacts): RevisionFacts;
  /** The steps of a load. */
  readonly steps: readonly string[];
  /** The one by which there is something of it to be found. */
  readonly begun: string;
  /** Those at which it is aborted, and those at which it is killed (none: its kills are tested elsewhere): all, unless told. */
  readonly aborted?: readonly string[];
  readonly killed?: readonly string[];
  /** What the pool itself has in its folder, besides its machines. */
  readonly keeps?: readonly string[];
  /** False where a capture takes minutes, and has tests of its own. */
  readonly captured?: boolean;
  /** How long one load may take here, in seconds. */
  readonly loadSeconds: number;
}

export function describeConformance(name: string, harness: Harness): void {
  const { steps, aborted = steps, killed = steps, keeps = [] } = harness;
  describe(`${name}: conformance`, function () {
    this.timeout((30 + 6 * harness.loadSeconds) * 1000);
    let subject: Subject;
    let bench: Bench;
    before(async () => {
      subject = await harness.open();
      bench = new Bench(subject);
    });
    after(async () => harness.close(subject));
    /** The machine that several tests share: theirs to leave. */
    let shared: NodeFacts | null = null;
    afterEach(async () => {
      if (!shared) assert.deepEqual(await leftovers(), [], 'something was left behind');
    });

    const module = () => subject.module;
    const pool = () => ({
      installation: 'conformance',
      directory: subject.directory,
      settings: bench.context(bench.newNode()).settings,
      signal: new AbortController().signal,
    });

    const unchecked = { reach: 'none', nodes: [nodeFacts()] } as const;

    async function list(): Promise<readonly Artefact[]> {
      return (await module().list_artefacts?.(pool())) ?? [];
    }
    async function leftovers(): Promise<string[]> {
      const files = (await readdir(subject.directory)).filter((file) => !keeps.includes(file));
      return [...(await list()).map((artefact) => artefact.name), ...files];
    }
    async function withNode(use: (node: NodeFacts) => Promise<void>, node = bench.newNode()): Promise<void> {
      try {
        await use(node);
      } finally {
        await module().unload?.(bench.context(node));
      }
    }

    describe('a node that holds nothing', () => {
      it('is off, says so, and is not an error', async () => {
        const context = bench.context(bench.newNode());
        const status = await module().node_status(context);
        assert.deepEqual([status.status, status.power, status.reachable], ['RELOAD', 'off', false]);
        assert.notEqual(status.reason, '');
        assert.equal(await module().power_status(context), 'off');
        assert.equal(await module().get_current_image(context), null);
        assert.equal(await module().power_off(context), false);
        await module().unload?.(context);
      });

      it('cannot be switched on, reset or captured', async () => {
        const context = bench.context(bench.newNode());
        const file = join(subject.directory, 'image');
        await assert.rejects(module().power_on(context), isModuleError('failed'));
        await assert.rejects(module().power_reset(context), isModuleError('failed'));
        await assert.rejects(module().capture(context, { file }), isModuleError('failed'));
      });

      it('refuses a revision that does not exist', async () => {
        for (const revision of [null, harness.missing(subject.revision)]) {
          const context = bench.context(bench.newNode(), { revision });
          await assert.rejects(module().load(context), isModuleError('unsatisfiable'));
          await assert.rejects(module().get_image_size(context), isModuleError('unsatisfiable'));
        }
      });

      it('does nothing once its signal has aborted', async () => {
        const reason = new Error('the lease was lost');
        const context = bench.context(bench.newNode(), { signal: AbortSignal.abort(reason) });
        const file = join(subject.directory, 'image');
        const calls: Promise<unknown>[] = [
          ...[module().node_status(context), module().load(context), module().capture(context, { file })],
          ...[module().power_status(context), module().power_on(context), module().power_off(context)],
          ...[module().power_reset(context), module().get_current_image(context)],
          module().get_image_size(context),
          module().check_pool({ ...pool(), ...unchecked, signal: context.signal }),
        ];
        for (const outcome of await Promise.allSettled(calls)) {
          assert.equal(outcome.status, 'rejected');
          assert.equal(outcome.reason, reason);
        }
      });
    });

    it('says what it found of its pool, how to mend what is not fine, and leaves nothing of it', async () => {
      const checks = await module().check_pool({ ...pool(), ...unchecked });
      assert.ok(checks.length > 0);
      for (const { name, result, says, mend } of checks) {
        assert.notEqual(name, '');
        assert.match(says, /[.]$/);
        assert.equal(mend === null, result === 'fine', says);
      }
    });

    it('knows the size of an image', async () => {
      assert.ok((await module().get_image_size(bench.context(bench.newNode()))) > 0);
    });

    /** Each test goes on with what the one before left: a boot takes seconds. */
    describe('one machine', () => {
      const images = () => `${subject.directory}.images`;
      let node: NodeFacts;
      before(async () => {
        node = bench.newNode();
        shared = node;
        await mkdir(images());
      });
      after(async () => {
        shared = null;
        await module().unload?.(bench.context(node));
        await rm(images(), { recursive: true });
      });
      const power = (): Promise<string> => module().power_status(bench.context(node));
      const status = async () => (await module().node_status(bench.context(node))).status;

      it('is loaded, and tells what it loaded', async () => {
        const seen: string[] = [];
        const progress = (step: string) => step !== seen.at(-1) && seen.push(step);
        const loaded = await module().load(bench.context(node, { progress }));
        assert.equal(loaded.changed, true);
        assert.deepEqual(seen, steps);

        node = bench.known(node, loaded);
        assert.equal(await power(), 'on');
        assert.equal(await module().get_current_image(bench.context(node)), revisionName(subject.revision));
        const [artefact] = await list();
        assert.equal(artefact?.name, artefactName('conformance', node));
        assert.deepEqual(
          [artefact?.installation, artefact?.nodeId, artefact?.load],
          ['conformance', node.id, 1],
        );

        if (subject.os) assert.equal(await status(), 'POST_LOAD');
        await bench.settle(node);
        assert.equal(await status(), 'READY');
        const again = await module().load(bench.context(node));
        assert.deepEqual(again, { changed: false, management: node.management });
      });

      it('must be reloaded when somebody could have logged in, or for another revision', async () => {
        const tainted = await module().node_status(bench.context({ ...node, tainted: true }));
        assert.equal(tainted.status, 'RELOAD');
        const revision = { ...subject.revision, id: subject.revision.id + 1, number: 99 };
        const other = await module().node_status(bench.context(node, { revision }));
        assert.deepEqual([other.status, other.currentImage], ['RELOAD', revisionName(subject.revision)]);
      });

      it('is not captured under a name that is taken, nor at all where nobody is offered it', async () => {
        if (module().captures === false) {
          const file = join(images(), 'saved');
          return assert.rejects(
            module().capture(bench.context(node), { file }),
            isModuleError('unsupported'),
          );
        }
        const file = join(images(), 'taken');
        await writeFile(file, 'something else');
        await assert.rejects(module().capture(bench.context(node), { file }), isModuleError('conflict'));
        assert.equal(await readFile(file, 'utf8'), 'something else');
        assert.equal(await status(), 'READY');
        await rm(file);
      });

      it('switches off and on, and reads it back', async () => {
        assert.equal((await module().power_on(bench.context(node))).changed, false);
        assert.equal(await module().power_off(bench.context(node)), true);
        assert.equal(await power(), 'off');
        assert.equal(await module().power_off(bench.context(node)), false);
        assert.equal(await status(), 'RELOAD');

        const started = await module().power_on(bench.context(node));
        assert.equal(started.changed, true);
        node = bench.known(node, started);
        assert.deepEqual([await power(), await status()], ['on', 'READY']);

        const reset = await module().power_reset(bench.context(node));
        assert.equal(reset.changed, true);
        node = bench.known(node, reset);
        assert.deepEqual([await power(), await status()], ['on', 'READY']);
      });

      if (killed.length > 0)
        it('ends in the same place however often it is killed, keeps its machine, and replaces an older load (req. 10)', async () => {
          const fresh = { ...node, load: 2, management: null, revisionId: null };
          for (const step of killed) {
            const process = new LoadingProcess(module().id, bench.context(fresh));
            await process.step(step);
            await process.kill();
          }
          const last = new LoadingProcess(module().id, bench.context(fresh));
          const loaded = await last.loaded();
          await last.kill();
          node = bench.known(fresh, loaded);
          assert.equal(await power(), 'on');
          const names = (await list()).map((artefact) => artefact.name);
          assert.deepEqual(names, [artefactName('conformance', node)]);
          assert.equal(await module().get_current_image(bench.context(node)), revisionName(subject.revision));
          const again = await module().load(bench.context(node));
          assert.deepEqual(again, { changed: false, management: loaded.management });
          await bench.settle(node);
          assert.equal(await status(), 'READY');
        });

      it('leaves no file when its capture is aborted', async function () {
        if (module().captures === false || harness.captured === false) return this.skip();
        const abort = new AbortController();
        const reason = new Error('ended');
        const context = bench.context(node, {
          signal: abort.signal,
          progress: (step) => step === 'saving the disk' && setImmediate(() => abort.abort(reason)),
        });
        const file = join(images(), 'saved');
        await assert.rejects(module().capture(context, { file }), (error) => error === reason);
        assert.deepEqual(await readdir(images()), []);
      });

      it('is captured as an image that can be loaded, once', async function () {
        if (module().captures === false || harness.captured === false) return this.skip();
        const target = { file: join(images(), 'saved') };
        const captured = await module().capture(bench.context(node), target);
        assert.equal(captured.changed, true);
        const content = await readFile(target.file);
        assert.equal(captured.sha256, createHash('sha256').update(content).digest('hex'));
        assert.equal(captured.sizeBytes, content.length);
        assert.deepEqual(await readdir(images()), ['saved']);
        assert.equal(await power(), 'off');
        assert.deepEqual(await module().capture(bench.context(node), target), {
          ...captured,
          changed: false,
        });

        // Its own disk was not cleaned: who had it goes on where they were.
        node = bench.known(node, await module().power_on(bench.context(node)));
        assert.deepEqual([await power(), await status()], ['on', 'READY']);

        const { file, sizeBytes, virtualBytes, sha256 } = captured;
        const revision = { ...subject.revision, id: 77, file, sizeBytes, virtualBytes, sha256 };
        node = { ...node, load: 3, management: null };
        assert.equal((await module().load(bench.context(node, { revision }))).changed, true);
      });

      it('is removed as what a node that is gone has left', async () => {
        const [artefact] = await list();
        assert.ok(artefact);
        await module().remove_artefact?.(pool(), artefact);
        await module().remove_artefact?.(pool(), artefact);
        assert.deepEqual(await leftovers(), []);
      });
    });

    for (const step of aborted) {
      it(`leaves nothing when it is aborted while ${step}`, () =>
        withNode(async (node) => {
          const abort = new AbortController();
          const reason = new Error('ended');
          const progress = (at: string) => at === step && setImmediate(() => abort.abort(reason));
          await assert.rejects(
            module().load(bench.context(node, { signal: abort.signal, progress })),
            (error) => error === reason,
          );
          assert.deepEqual(await leftovers(), []);
        }));
    }

    it('shows what another installation made, and leaves it alone', async () => {
      const theirs = { ...pool(), installation: 'another' };
      const node = bench.newNode();
      const process = new LoadingProcess(module().id, { ...bench.context(node), ...theirs });
      await process.step(harness.begun);
      await process.kill();
      const artefact = (await list()).find(({ name }) => name === artefactName('another', node));
      assert.equal(artefact?.installation, 'another');
      await assert.rejects(
        module().remove_artefact?.(pool(), artefact) ?? Promise.resolve(),
        isModuleError('refused'),
      );
      assert.deepEqual(await list(), [artefact]);
      await module().remove_artefact?.(theirs, artefact);
      await module().unload?.({ ...bench.context(node), ...theirs });
    });
  });
}

function isModuleError(kind: ModuleError['kind']) {
  return (error: unknown) => error instanceof ModuleError && error.kind === kind;
}
