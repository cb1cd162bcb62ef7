import assert from 'node:assert/strict';
import { chooseAccelerator, cpuModel } from '../../../../modules/provisioning/shared/accelerator.ts';

describe('qemu: accelerator', () => {
  it('is what the settings say', async () => {
    assert.equal(await chooseAccelerator({ accelerator: 'tcg' }), 'tcg');
    assert.equal(await chooseAccelerator({ accelerator: 'kvm' }), 'kvm');
  });

  it('is otherwise found out, and always is one that a guest starts with', async function () {
    this.timeout(90_000);
    assert.ok(['kvm', 'tcg'].includes(await chooseAccelerator({ accelerator: 'auto' })));
  });

  it("has the computer's own processor under KVM, one that distributions accept under emulation", () => {
    assert.equal(cpuModel('kvm', { cpu: '' }), 'host');
    assert.equal(cpuModel('tcg', { cpu: '' }), 'Nehalem,+rdrand');
    assert.equal(cpuModel('tcg', { cpu: 'Haswell-noTSX' }), 'Haswell-noTSX');
  });
});
