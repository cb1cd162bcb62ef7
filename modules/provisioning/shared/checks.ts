import type { PoolCheck } from '../../../src/domain/contracts/provisioning.ts';

export function fine(name: string, says: string): PoolCheck {
  return { name, result: 'fine', says, mend: null };
}

export function warning(name: string, says: string, mend: string): PoolCheck {
  return { name, result: 'warning', says, mend };
}

export function wrong(name: string, says: string, mend: string): PoolCheck {
  return { name, result: 'wrong', says, mend };
}
