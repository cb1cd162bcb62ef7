import type * as view from '../../src/services/administration-views.ts';

const now = Date.now();
const minute = 60_000;

const spell: view.SpellView = {
  reservationId: 7,
  user: { id: 3, name: 'student', displayName: 'Sam Student', email: 'sam@example.org' },
  image: 'Tiny Linux',
  node: 'vm-2',
  address: 'labs.example.org:22041',
  from: now - 50 * minute,
  until: null,
  cameFrom: [
    { address: '198.51.100.7', how: 'connect', at: now - 50 * minute },
    { address: '2001:db8::7', how: 'terminal', at: now - 20 * minute },
  ],
};

export const samples = { spell };
