import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { blockListOf, publicAddressesOnly } from '../../../../src/daemon/gateway/proxy/address-policy.ts';

const mayReach = publicAddressesOnly(['8.8.4.0/24', '2606:4700::1111']);

/** `10.0.0.0/8` with every bit after the prefix at random. */
function inside(network: string): fc.Arbitrary<string> {
  const [base = '', bits = ''] = network.split('/');
  return fc.nat({ max: 2 ** (32 - Number(bits)) - 1 }).map((rest) => dotted(numberOf(base) + rest));
}

const numberOf = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const dotted = (value: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

const closed = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '8.8.4.0/24'],
];

describe('daemon/gateway/proxy/address-policy', () => {
  it('lets no address of a closed network through, in any way to write it', () => {
    const address = fc.oneof(...closed.map(inside));
    const forms = (v4: string) => {
      const hex = numberOf(v4)
        .toString(16)
        .padStart(8, '0')
        .replace(/(.{4})/, '$1:');
      const inV6 = [`::ffff:${v4}`, `::${v4}`, `::ffff:0:${hex}`, `64:ff9b::${v4}`, `64:ff9b:1::${v4}`];
      return [v4, ...inV6, `2002:${hex}::1`, `2001:0:${hex}::1`, `::ffff:${hex}`];
    };
    fc.assert(
      fc.property(address, (v4) => {
        for (const form of forms(v4)) assert.equal(mayReach(form), false, form);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets public addresses through, and only as what they are', () => {
    const blocked = blockListOf(closed);
    const own = Object.values(networkInterfaces()).flatMap(
      (list) => list?.map((entry) => entry.address) ?? [],
    );
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }).map(dotted), (v4) => {
        const isPublic = !blocked.check(v4) && !v4.startsWith('192.88.99.') && !own.includes(v4);
        assert.equal(mayReach(v4), isPublic, v4);
        assert.equal(mayReach(`::ffff:${v4}`), false);
      }),
      { numRuns: 2_000 },
    );
    for (const address of [
      '1.1.1.1',
      '151.101.2.132',
      '2a04:4e42::644',
      '2606:4700::1112',
      '100.63.255.255',
      '172.32.0.1',
    ])
      assert.equal(mayReach(address), true, address);
  });

  it('lets no local, mapped or special form of IPv6 through', () => {
    const group = fc.nat({ max: 0xffff }).map((value) => value.toString(16));
    const rest = fc.array(group, { minLength: 7, maxLength: 7 }).map((groups) => groups.join(':'));
    const heads = ['0', '64', '100', 'fc00', 'fdff', 'fe80', 'fec0', 'ff02', '2002', '4000'];
    fc.assert(
      fc.property(fc.constantFrom(...heads), rest, (head, groups) => {
        assert.equal(mayReach(`${head}:${groups}`), false);
      }),
    );
    for (const address of ['::', '::1', '2001:db8::1', '2001::1', '3fff::1', 'fe80::1%lo', '2606:4700::1111'])
      assert.equal(mayReach(address), false, address);
  });

  it('lets none of this host through, and nothing that is no address', () => {
    for (const entry of Object.values(networkInterfaces()).flatMap((list) => list ?? []))
      assert.equal(mayReach(entry.address), false, entry.address);
    for (const text of [
      '',
      'localhost',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.1',
      '1.1.1.1 ',
      '[::1]',
      '1.1.1.1/0',
    ])
      assert.equal(mayReach(text), false, text);
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!isIPv4(text)) assert.equal(mayReach(text), false);
      }),
    );
  });

  it('names a network that is none', () => {
    for (const network of ['lab', '10.0.0.0/33', '10.0.0.0/x', '::/129', '/8'])
      assert.throws(() => publicAddressesOnly([network]), {
        message: `${network} is not an address or network`,
      });
  });
});
