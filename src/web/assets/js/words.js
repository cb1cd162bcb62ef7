// @ts-check
// Durations in words: one place for what the server writes and what the page counts on. No DOM, no Node.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * What is left, never more than there is: "3 days 4 h", "1 h 42 min", "42 min", "9 min 05 s", "45 s".
 * @param {number} milliseconds
 * @returns {string}
 */
export function timeLeft(milliseconds) {
  const left = Math.max(0, milliseconds);
  if (left >= 2 * day) return both(left, day, 'days', hour, 'h');
  if (left >= hour) return both(left, hour, 'h', minute, 'min');
  if (left >= 10 * minute) return `${Math.floor(left / minute)} min`;
  const seconds = Math.floor(left / second);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * @param {number} left @param {number} large @param {string} largeName @param {number} small @param {string} smallName
 */
function both(left, large, largeName, small, smallName) {
  const rest = Math.floor((left % large) / small);
  const first = `${Math.floor(left / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/**
 * What somebody chose: "45 min", "1 h", "1 h 30 min", "2 days".
 * @param {number} minutes
 * @returns {string}
 */
export function lengthOf(minutes) {
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 2 * 24 * 60) return both(minutes * minute, day, 'days', hour, 'h');
  return both(minutes * minute, hour, 'h', minute, 'min');
}

/**
 * How long something takes, to the second when short: "2.9 s", "14 s", "3 min".
 * @param {number} milliseconds
 * @returns {string}
 */
export function took(milliseconds) {
  if (milliseconds < 9_950) return `${(Math.max(0, milliseconds) / second).toFixed(1)} s`;
  if (milliseconds < 100 * second) return `${Math.round(milliseconds / second)} s`;
  return lengthOf(Math.max(1, Math.round(milliseconds / minute)));
}

/**
 * The promise while a machine loads: the usual time, and the one that is nearly always kept.
 * @param {{ p50: number, p95: number }} estimate milliseconds
 * @param {number} elapsed milliseconds
 * @returns {string}
 */
export function promise({ p50, p95 }, elapsed) {
  if (elapsed > p95) return 'Any moment now. It takes longer than usual.';
  if (elapsed > p50) return `Any moment now, nearly always within ${roughly(p95)}.`;
  return `Usually ${roughly(p50)}, nearly always within ${roughly(p95)}.`;
}

/** @param {number} milliseconds @returns {string} rounded up: it never promises too much */
export function roughly(milliseconds) {
  if (milliseconds < 100 * second) return `${Math.max(1, Math.ceil(milliseconds / second))} s`;
  return lengthOf(Math.ceil(milliseconds / minute));
}
