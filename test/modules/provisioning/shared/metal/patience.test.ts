import assert from 'node:assert/strict';
import { z } from 'zod';
import { jobPatience } from '../../../../../modules/provisioning/shared/metal/patience.ts';
import { metalSettings } from '../../../../../modules/provisioning/shared/metal/settings.ts';

describe('how long a job of the imaging agent may take', () => {
  const settings = z
    .object(metalSettings)
    .parse({ silentSeconds: 60, writeSeconds: 100, cleanSeconds: 1000 });
  const job = { id: 'j', artefact: 'a-n1-l1', node: 'metal1', mac: '52:54:00:aa:00:01', expiresAt: 0 };

  it('is what writing takes, with the times that cleaning and burning in have of their own', () => {
    const reading = jobPatience(settings, { ...job, action: 'capture' });
    assert.deepEqual(reading, { stillMs: 60_000, totalMs: 100_000 });
    assert.equal(jobPatience(settings, { ...job, action: 'clean', clean: 'secure' }).totalMs, 1_100_000);
    const seconds = { memory: 10, disk: 2, network: 3 };
    assert.equal(jobPatience(settings, { ...job, action: 'inspect', seconds }).totalMs, 241_000);
  });
});
