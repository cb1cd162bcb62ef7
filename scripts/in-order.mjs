/** @typedef {{ write(chunk: string | Uint8Array): void, end(): void }} Writer */

/**
 * Writers whose output is printed one after the other in the order in which they were made: the first that has not ended
 * goes straight through, what the others write waits.
 * @param {(chunk: string | Uint8Array) => void} print
 * @returns {() => Writer}
 */
export function inOrder(print) {
  /** @type {{ held: (string | Uint8Array)[], ended: boolean }[]} */
  const writers = [];
  const flush = () => {
    for (let first = writers[0]; first; first = writers[0]) {
      for (const chunk of first.held.splice(0)) print(chunk);
      if (!first.ended) return;
      writers.shift();
    }
  };
  return () => {
    const writer = { held: /** @type {(string | Uint8Array)[]} */ ([]), ended: false };
    writers.push(writer);
    return {
      write(chunk) {
        writer.held.push(chunk);
        flush();
      },
      end() {
        writer.ended = true;
        flush();
      },
    };
  };
}
