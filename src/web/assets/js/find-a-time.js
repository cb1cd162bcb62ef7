// @ts-check
// The grid of hours by keyboard: one stop for Tab, arrows from one time to the next (roving tabindex).

const grid = /** @type {HTMLTableElement | null} */ (document.querySelector('[data-time-grid]'));

/** @type {Readonly<Record<string, readonly [number, number]>>} rows and columns to go */
const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

if (grid) {
  const cells = [...grid.tBodies].flatMap((body) =>
    [...body.rows].map((row) => [...row.querySelectorAll('td')]),
  );
  const links = cells.flat().flatMap((cell) => cell.querySelector('a') ?? []);
  /** @param {HTMLAnchorElement | undefined} chosen */
  const stopAt = (chosen) => {
    for (const link of links) link.tabIndex = link === chosen ? 0 : -1;
  };
  /** @param {number} row @param {number} column @param {readonly [number, number]} step */
  const next = (row, column, [down, right]) => {
    for (let r = row + down, c = column + right; cells[r]?.[c]; r += down, c += right) {
      const link = cells[r]?.[c]?.querySelector('a');
      if (link) return link;
    }
    return null;
  };
  stopAt(links[0]);
  grid.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLAnchorElement) stopAt(event.target);
  });
  grid.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    const cell = event.target instanceof Element ? event.target.closest('td') : null;
    if (!step || !cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = cells.findIndex((all) => all.includes(cell));
    const link = next(row, cells[row]?.indexOf(cell) ?? -1, step);
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}
