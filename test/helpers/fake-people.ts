/** Answers of the services of people and groups, for rendering pages without a database. */
import { LabError } from '../../src/domain/errors.ts';
import type { PeopleServices } from '../../src/services/people.ts';
import * as sample from './sample-people.ts';

/** `asked` is told what was changed. */
export function peopling(asked: string[]): PeopleServices {
  const found = (id: number) => {
    const person = sample.people.find((one) => one.id === id);
    if (!person) throw new LabError('not-found');
    return person;
  };
  const group = (id: number) => {
    const one = sample.groups.find((other) => other.id === id);
    if (!one) throw new LabError('not-found');
    return one;
  };
  return {
    async findPeople(_me, { filter, offset, limit }) {
      const shown = sample.people.filter(
        ({ state, name }) =>
          (filter.state ? state === filter.state : state !== 'removed') && name.includes(filter.search ?? ''),
      );
      const states = sample.people.map(({ state }) => ({ state, count: 1 }));
      const groups = sample.groups.map(({ id, name }) => ({ id, name }));
      return { items: shown.slice(offset, offset + limit), total: shown.length, states, groups };
    },
    listPeople: async () => ({ items: sample.people, next: null }),
    inspectPerson: async (_me, id) => sample.personDetail(found(id)),
    async addPerson(_me, person) {
      if (person.name === 'student') {
        const sentence = 'The login is taken.';
        throw new LabError('name.taken', { fields: { name: sentence }, detail: sentence });
      }
      if (person.name === 'stud3nt' && !person.evenIfAlike)
        throw new LabError('input.invalid', { fields: { evenIfAlike: 'The login looks like student.' } });
      asked.push(`add-person ${JSON.stringify(person)}`);
      return { id: 3, name: person.name, password: 'aaaa-bbbb-cccc-dddd' };
    },
    planPeople: async () => sample.newPeople,
    addPeople: async () =>
      sample.newPeople.map((row) =>
        row.problems.length > 0 ? row : { ...row, id: 3, password: 'aaaa-bbbb-cccc-dddd' },
      ),
    async editPerson(_me, id, changes) {
      if (changes.version !== undefined && changes.version !== found(id).version)
        throw new LabError('changed-meanwhile');
      asked.push(`edit-person ${id} ${JSON.stringify(changes)}`);
    },
    async resetPassword(_me, id, options) {
      asked.push(`reset-password ${found(id).id} ${JSON.stringify(options)}`);
      return 'aaaa-bbbb-cccc-dddd';
    },
    async disablePerson(_me, id, how) {
      asked.push(`disable ${found(id).id} ${JSON.stringify(how)}`);
      return { ended: how.reservations === 'end' ? 2 : 0 };
    },
    enablePerson: async (_me, id) => void asked.push(`enable ${found(id).id}`),
    async removePerson(_me, id) {
      if (found(id).reservations > 0) throw new LabError('person.live');
      asked.push(`remove ${id}`);
    },
    listGroups: async () => sample.groups,
    async inspectGroup(_me, id) {
      const people = sample.people.filter(({ groups }) => groups.some((one) => one.id === id));
      const sharedImages = id === 2 ? [{ name: 'tiny', title: 'Tiny Linux' }] : [];
      const hangs = people.length > 0 ? `${people.length} people are in it.` : null;
      const servers = id === 2 ? [{ id: 7, name: 'Wiki' }] : [];
      return { ...group(id), people, sharedImages, servers, isCourse: id === 2, hangs };
    },
    async addGroup(_me, wish) {
      if (wish.name === 'students')
        throw new LabError('name.taken', { fields: { name: 'That name is taken.' } });
      asked.push(`add-group ${JSON.stringify(wish)}`);
      return { id: 3 };
    },
    async editGroup(_me, id, changes) {
      if (changes.version !== undefined && changes.version !== group(id).version)
        throw new LabError('changed-meanwhile');
      asked.push(`edit-group ${id} ${JSON.stringify(changes)}`);
    },
    async changeMembers(_me, id, { add = [], remove = [] }) {
      if (add.length + remove.length === 0)
        throw new LabError('input.invalid', { fields: { names: 'Name somebody.' } });
      asked.push(`members ${group(id).id} +${add.join()} -${remove.join()}`);
      return [
        ...add.map((name) => ({
          name,
          done: name !== 'nobody',
          says: name === 'nobody' ? 'There is nobody with that login.' : 'Added.',
        })),
        ...remove.map((name) => ({ name, done: true, says: 'Taken out.' })),
      ];
    },
    async deleteGroup(_me, id) {
      if (group(id).members > 0) throw new LabError('group.in-use');
      asked.push(`delete-group ${id}`);
    },
  };
}
