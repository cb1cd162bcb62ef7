import assert from 'node:assert/strict';
import {
  type Asked,
  judgeOffers,
} from '../../../../../../modules/provisioning/shared/metal/imaging-network/judge-offers.ts';
import type { DhcpOffer } from '../../../../../../src/lib/netboot/dhcp-message.ts';
import { discoverMessage, readOffer } from '../../../../../../src/lib/netboot/dhcp-message.ts';

const own = '10.0.0.1';
const script = 'http://10.0.0.1:8070/boot.ipxe';

function offer(server: string, parts: Partial<DhcpOffer> = {}): DhcpOffer {
  return { server, address: '10.0.0.50', next: null, file: null, ...parts };
}

function says(parts: Pick<Asked, 'dhcp'> & Partial<Asked>): string[] {
  const checks = judgeOffers({ own, script, firmware: [], ipxe: [], ...parts });
  return checks.map(({ result, says: sentence }) => `${result}: ${sentence}`);
}

describe('who answers DHCP on an imaging network', () => {
  it('is this computer alone, or another that is named (a DHCP server that answers too)', () => {
    assert.deepEqual(says({ dhcp: 'full', firmware: [offer(own)] }), [
      'fine: This computer gives addresses, and names what is to be started.',
    ]);
    const both = says({ dhcp: 'full', firmware: [offer(own), offer('10.0.0.9')] });
    assert.equal(both.length, 2);
    assert.match(both[1] ?? '', /^wrong: Another DHCP server, 10\.0\.0\.9, gives addresses on the imaging/);
    assert.match(
      says({ dhcp: 'full' })[0] ?? '',
      /^wrong: The DHCP service of this computer does not answer/,
    );
  });

  it('is one other beside which this computer names what is to be started', () => {
    const ours = offer(own, { address: null });
    assert.deepEqual(says({ dhcp: 'proxy', firmware: [offer('10.0.0.9'), ours] }), [
      'fine: 10.0.0.9 gives addresses, and this computer names what is to be started beside it.',
    ]);
    const named = offer('10.0.0.9', { file: 'pxelinux.0' });
    assert.match(
      says({ dhcp: 'proxy', firmware: [named, ours] })[0] ?? '',
      /^warning: 10\.0\.0\.9 gives addresses, and names pxelinux\.0 itself/,
    );
    const another = offer('10.0.0.7', { address: null, file: 'wdsnbp.com' });
    assert.match(
      says({ dhcp: 'proxy', firmware: [offer('10.0.0.9'), another, ours] })[1] ?? '',
      /^wrong: Another server, 10\.0\.0\.7, names wdsnbp\.com to be started/,
    );
    assert.match(
      says({ dhcp: 'proxy', firmware: [ours] })[0] ?? '',
      /^wrong: No DHCP server gives addresses/,
    );
    assert.match(
      says({ dhcp: 'proxy', firmware: [offer('10.0.0.9'), offer('10.0.0.8'), ours] })[0] ?? '',
      /^wrong: Several DHCP servers give addresses on the imaging network: 10\.0\.0\.9, 10\.0\.0\.8/,
    );
  });

  it('is one other that names the boot script to iPXE', () => {
    const firmware = [offer('10.0.0.9', { file: 'undionly.kpxe' })];
    const right = [offer('10.0.0.9', { file: `${script}?mac=x` })];
    assert.match(
      says({ dhcp: 'off', firmware, ipxe: right })[0] ?? '',
      /^fine: .* first undionly\.kpxe, then/,
    );
    assert.match(
      says({ dhcp: 'off', firmware, ipxe: firmware })[0] ?? '',
      /^wrong: 10\.0\.0\.9 gives addresses, and names undionly\.kpxe to iPXE, not the boot script\./,
    );
  });

  it('is read of answers to the very question, and of nothing else', () => {
    const question = discoverMessage('52:54:00:00:00:01', 7, 'uefi');
    assert.equal(readOffer(question, 7, own), null);
    const answer = Buffer.from(question);
    answer[0] = 2;
    answer[242] = 2;
    answer.set([10, 0, 0, 50], 16);
    answer.write('boot.efi\0', 108, 'latin1');
    assert.deepEqual(readOffer(answer, 7, '10.0.0.9'), offer('10.0.0.9', { file: 'boot.efi' }));
    assert.equal(readOffer(answer, 8, own), null);
    assert.equal(readOffer(answer.subarray(0, 239), 7, own), null);
  });
});
