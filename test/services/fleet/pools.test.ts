import assert from 'node:assert/strict';
import type { LabError } from '../../../src/domain/errors.ts';
import { eachEngine } from '../../helpers/database.ts';
import { makeLab } from '../../helpers/lab.ts';

describe('pools', () => {
  eachEngine((_engine, { open }) => {
    it('are changed by one administrator at a time, and no setting half valid', async () => {
      const lab = await makeLab(await open(), { nodes: 1 });
      const admin = await lab.person('ada', { role: 'administrator' });
      const read = () => lab.services.poolSettings(admin, 1);
      const { version, settings } = await read();
      assert.match(
        settings.find(({ name }) => name === 'loadSeconds')?.description ?? '',
        /How long a load takes/,
      );
      const refused = (changes: object, code: string, field?: string) =>
        assert.rejects(lab.services.editPool(admin, 1, changes), (error: LabError) => {
          assert.equal(error.code, code);
          return field === undefined || field in error.fields;
        });
      await refused({ settings: { loadSeconds: 5, failureRate: 7 } }, 'input.invalid', 'failureRate');
      await lab.services.editPool(admin, 1, { version, settings: { loadSeconds: 5 } });
      await refused({ version, settings: { loadSeconds: 6 } }, 'changed-meanwhile');
      assert.equal((await read()).settings.find(({ name }) => name === 'loadSeconds')?.value, 5);
      await lab.close();
    });
  });
});
