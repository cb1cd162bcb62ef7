import type { Role } from '../../../domain/may.ts';
import type { PersonState } from '../../../services/people-views.ts';
import type { StateWord } from '../reservations/state-words.ts';

export const personStateWords: Readonly<Record<PersonState, StateWord>> = {
  active: { word: 'Active', tone: 'ready', icon: 'check' },
  disabled: { word: 'Disabled', tone: 'bad', icon: 'pause' },
  removed: { word: 'Removed', tone: 'quiet', icon: 'close' },
};

export const roleWords: Readonly<Record<Role, string>> = {
  user: 'User',
  'image-admin': 'Image admin',
  administrator: 'Administrator',
};
