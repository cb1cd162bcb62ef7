import assert from 'node:assert/strict';
import { csvOf } from '../../src/web/csv.ts';
import { askedList, type ListKind, listFrame } from '../../src/web/list.ts';

const kind: ListKind<'name' | 'at', 'search'> = {
  path: '/things',
  sorts: ['name', 'at'],
  sort: '-at',
  filters: ['search'],
  perPage: 10,
};

describe('lists in the address', () => {
  it('sorts, filters and turns pages by links', () => {
    const asked = askedList(kind, { sort: 'name', search: ' a&b ', page: '2' });
    const { heads, before, next, csv, ...list } = listFrame(kind, asked, 35);
    assert.deepEqual([asked.sort, asked.descending, asked.offset, asked.limit], ['name', false, 10, 10]);
    assert.equal(heads.name.href, '/things?search=a%26b&sort=-name');
    assert.equal(heads.name.sorted, 'ascending');
    assert.equal(heads.at.href, '/things?search=a%26b&sort=at');
    assert.equal(before, '/things?search=a%26b&sort=name');
    assert.equal(next, '/things?search=a%26b&sort=name&page=3');
    assert.equal(csv, '/things?search=a%26b&sort=name&format=csv');
    assert.deepEqual([list.from, list.to, list.filtered], [11, 20, true]);
    assert.deepEqual(list.kept, [{ name: 'sort', value: 'name' }]);
  });

  it('leaves out what it does not know', () => {
    for (const query of [{ sort: 'evil', page: '-1' }, { page: '9e9', sort: ['at'] }, undefined]) {
      const { sort, descending, offset, csv } = askedList(kind, query);
      assert.deepEqual([sort, descending, offset, csv], ['at', true, 0, false]);
    }
  });

  it('leads back from behind its end, and says when it is empty', () => {
    const beyond = listFrame(kind, askedList(kind, { page: '99' }), 35);
    assert.deepEqual([beyond.pastEnd, beyond.next], ['/things?page=4', null]);
    assert.equal(listFrame(kind, askedList(kind, { page: '4' }), 35).pastEnd, null);
    const empty = listFrame(kind, askedList(kind, {}), 0);
    assert.deepEqual(
      [empty.from, empty.to, empty.before, empty.next, empty.pastEnd],
      [0, 0, null, null, null],
    );
  });

  it('is a file whose cells no spreadsheet takes for formulas', () => {
    const text = csvOf(
      ['name', 'n'],
      [
        ['a "b", c', 1],
        ['=1+1', null],
        ['two\nlines', -3],
      ],
    );
    assert.equal(text, 'name,n\r\n"a ""b"", c",1\r\n\'=1+1,\r\n"two\nlines",-3\r\n');
  });
});
