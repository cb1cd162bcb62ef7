/**
 * One line of what a script is doing.
 * @param {string} text
 */
export function say(text) {
  console.log(`labrador: ${text}`);
}

/**
 * Says in one sentence why the script cannot go on, and ends it with code 1.
 * @param {string} text
 * @returns {never}
 */
export function giveUp(text) {
  console.error(`labrador: ${text}`);
  process.exit(1);
}
