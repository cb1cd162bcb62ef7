import assert from 'node:assert/strict';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { connectShell } from '../../../../../src/lib/ssh-shell.ts';
import type { TestRack } from '../../../../helpers/rack.ts';
import { Bench } from '../../bench.ts';

export async function runOn(bench: Bench, node: NodeFacts, script: string): Promise<string> {
  assert.ok(node.management);
  const { signal } = bench.context(node);
  const { managementKey: privateKey } = bench.secretsOf(node);
  const shell = connectShell({ ...node.management, privateKey, hostKeys: node.hostKeys, signal });
  return (await shell.run(script)).stdout.trim();
}

const whoIsIt = 'cat /proc/sys/kernel/hostname /etc/machine-id; cat /etc/dropbear/* | sha256sum';

/**
 * Captures a machine of the rack, and loads what came of it on the own disk of another, which must be somebody new with what
 * was installed. Answers with the first one, which goes on as its person left it.
 */
export async function captureToAnother(rack: TestRack, bench: Bench, node: NodeFacts): Promise<NodeFacts> {
  const { module, revision, settings, ...subject } = bench.subject;
  await runOn(bench, node, 'echo hello >/etc/program; echo secret >/root/.ash_history; sync');
  const first = (await runOn(bench, node, whoIsIt)).split('\n');

  const captured = await module.capture(bench.context(node), { file: `${rack.directory}.captured` });
  const facts = { ...revision, ...captured, id: 77, imageName: 'captured', number: 1 };
  const there = new Bench({
    ...{ ...subject, module, revision: facts, settings: { ...settings, loading: 'disk' } },
    node: (await rack.add()).node,
  });
  let other = there.newNode({ id: 9 });
  try {
    other = await there.load(other);
    const status = await module.node_status(there.context(other));
    assert.deepEqual([status.status, status.currentImage], ['READY', 'captured-v1']);
    const second = (await runOn(there, other, whoIsIt)).split('\n');
    assert.deepEqual([first.length, second.length], [3, 3]);
    for (const [index, what] of ['name', 'machine-id', 'host keys'].entries())
      assert.notEqual(second[index], first[index], `the ${what} of another`);
    assert.equal(await runOn(there, other, 'cat /etc/program; cat /root/.ash_history 2>/dev/null'), 'hello');
  } finally {
    await module.unload?.(there.context(other));
  }

  assert.equal(await module.power_status(bench.context(node)), 'off');
  const again = bench.known(node, await module.power_on(bench.context(node)));
  assert.equal(await runOn(bench, again, 'cat /root/.ash_history'), 'secret');
  assert.deepEqual((await runOn(bench, again, whoIsIt)).split('\n'), first);
  return again;
}
