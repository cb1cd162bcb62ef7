import { mkdir, symlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import type { BmcProtocol } from '../../../../../src/cli/rack/rack-node.ts';
import { closeShells } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import type { Harness } from '../../conformance.ts';

/** What whoever takes a machine over that is on does not say again. */
const once = 'starting from the network';
const agentSteps = [
  ...['preparing the image', 'switching the machine', 'switching on', once],
  ...['fetching the imaging agent', 'waking the imaging agent', 'looking at the hardware'],
];
const loadSteps = {
  disk: [
    ...agentSteps,
    ...['writing the disk', 'checking the disk', 'the disk is written', 'starting from its disk'],
  ],
  netroot: [
    ...agentSteps,
    ...['connecting its disk', 'handing over to its system', 'the disk is connected', 'starting its system'],
  ],
} as const;

/** A machine of a rack made of software: a QEMU with an empty disk, and a BMC before it. */
export function metalHarness(
  protocol: BmcProtocol,
  troubled: Pick<Harness, 'aborted' | 'killed'> = {},
  loading: keyof typeof loadSteps = 'disk',
): Harness {
  let rack: TestRack;
  return {
    async open() {
      rack = await makeTestRack(protocol);
      const { directory, node } = rack;
      const settings = { ...rack.settings, loading };
      await mkdir(directory);
      await imageAgent();
      await symlink(imageAgents, metalFiles(directory).agents);
      const revision = await tinyRevision();
      return { module: provisioning[protocol], os: os.linux, directory, settings, node, revision };
    },
    async close() {
      closeShells();
      await rack.close();
    },
    missing: (revision) => ({ ...revision, file: '/nowhere/tiny.qcow2' }),
    steps: loadSteps[loading],
    begun: 'switching on',
    killed: loadSteps[loading].filter((step) => step !== once),
    ...troubled,
    keeps: Object.values(metalFiles('')).map((path) => basename(path)),
    // capture.full.test.ts
    captured: false,
    loadSeconds: 150,
  };
}
