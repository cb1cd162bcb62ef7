import assert from 'node:assert/strict';
import { nameFromTitle as onTheServer } from '../../src/domain/image-names.ts';
import { nameFromTitle } from '../../src/web/assets/js/image-name.js';

describe('the name of a new image', () => {
  const titles = {
    'Physics lab 2026': 'physics-lab-2026',
    ' Übung für Ärzte! ': 'ubung-fur-arzte',
    '2026: first steps': 'first-steps',
    物理実験室: '',
    [`${'ab '.repeat(40)}`]: `${'ab-'.repeat(20)}`.slice(0, 59),
  };
  for (const [title, name] of Object.entries(titles)) {
    it(`of ${JSON.stringify(title.slice(0, 20))} is the same in the browser as on the server`, () => {
      assert.equal(nameFromTitle(title), name);
      assert.equal(onTheServer(title), name);
    });
  }
});
