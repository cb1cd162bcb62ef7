// @ts-check
// The timeline by keyboard: one stop for Tab, left and right from bar to bar, up and down to the nearest bar of another node.

const table = document.querySelector('[data-timeline]');

if (table) {
  const rows = [...table.querySelectorAll('tbody tr')]
    .map((row) =>
      [...row.querySelectorAll('.timeline-strip a')].filter((link) => link instanceof SVGAElement),
    )
    .filter((links) => links.length > 0);
  /** @param {SVGAElement | undefined} chosen */
  const stopAt = (chosen) => {
    for (const link of rows.flat()) link.setAttribute('tabindex', link === chosen ? '0' : '-1');
  };
  /** @param {SVGAElement} link */
  const middle = (link) => {
    const { left, right } = link.getBoundingClientRect();
    return (left + right) / 2;
  };
  /** @param {SVGAElement} link @param {string} key */
  const next = (link, key) => {
    const at = rows.findIndex((links) => links.includes(link));
    const place = rows[at]?.indexOf(link) ?? -1;
    if (key === 'ArrowLeft') return rows[at]?.[place - 1];
    if (key === 'ArrowRight') return rows[at]?.[place + 1];
    const there = rows[at + (key === 'ArrowUp' ? -1 : 1)] ?? [];
    const from = middle(link);
    return there.toSorted((a, b) => Math.abs(middle(a) - from) - Math.abs(middle(b) - from))[0];
  };
  stopAt(rows[0]?.[0]);
  table.addEventListener('focusin', (event) => {
    if (event.target instanceof SVGAElement) stopAt(event.target);
  });
  table.addEventListener('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || !(event.target instanceof SVGAElement)) return;
    if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    event.preventDefault();
    next(event.target, event.key)?.focus();
  });
}
