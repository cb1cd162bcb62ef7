import assert from 'node:assert/strict';
import { inTransaction } from '../../../db/transaction.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import type { StartFacts } from '../../../src/domain/contracts/facts.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const hour = { image: 'simulated', minutes: 60 };

eachEngine((engine, { open }) => {
  describe(`an image for machines with disks of their own, on ${engine}`, () => {
    let lab: Lab;
    let ann: SignedIn;
    beforeEach(async () => {
      const { simulator } = provisioning;
      const bare = { ...simulator, bareMetal: true, ownDisks: () => true };
      lab = await makeLab(await open(), { nodes: 2, over: { descriptors: { simulator, bare } } });
      const pool = { name: 'bare', module: 'bare', settings: '{}', reach: 'none', place_id: 1 };
      await inTransaction(lab.db, async (tx) => {
        const pool_id = await tx.insert('pools', { ...pool, created_at: tx.now });
        await tx.table('nodes').update({ pool_id });
        for (const [node_id, firmware] of [
          [1, 'bios'],
          [2, 'uefi'],
        ] as const) {
          const bmc = { bmc_host: '10.0.0.1', bmc_username: 'admin', bmc_password: '' };
          await tx.table('node_hardware').insert({ node_id, ...bmc, firmware, ssh_port: 22 });
        }
      });
      ann = await lab.person('ann');
    });
    afterEach(() => lab.close());

    const needs = (system: StartFacts) =>
      lab.db.knex('image_revisions').update({ system: JSON.stringify(system) });
    const only = (firmware: 'bios' | 'uefi') => lab.db.knex('node_hardware').update({ firmware });
    const refused = async (sentence: RegExp) => {
      await assert.rejects(lab.services.reserve(ann, hour), (error) => {
        assert.match(String(error), sentence);
        return (error as { code: string }).code === 'reservation.no-machine-ever';
      });
      assert.match((await lab.services.verdict(ann, hour)).text, sentence);
    };

    it('takes a machine whose firmware can start it (req. 20)', async () => {
      await needs({ startsBy: ['uefi'], ownDiskMb: 16 });
      const { id } = await lab.services.reserve(ann, hour);
      const [held] = await lab.db.knex('allocations').where({ reservation_id: id });
      assert.equal(held.node_id, 2);
      await assert.rejects(lab.services.reserve(ann, hour), { code: 'reservation.no-machine' });
      await checkBooks(lab.db);
    });

    it('is refused where none can start it, in words (req. 20)', async () => {
      await needs({ startsBy: ['uefi'], ownDiskMb: 16 });
      await only('bios');
      await refused(/ can be started by UEFI alone, and the machines for it start by BIOS\.$/);
    });

    it('is refused where every disk is too small, in words (req. 20)', async () => {
      await needs({ startsBy: ['bios', 'uefi'], ownDiskMb: 9_000_000 });
      await refused(/ needs a disk of 9000000 MB, and the largest of the machines for it has \d+ MB\.$/);
    });

    it('is served by any machine where nobody knows what it needs', async () => {
      await needs({});
      await lab.services.reserve(ann, hour);
    });
  });
});
