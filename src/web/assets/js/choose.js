// @ts-check
// A table whose rows are chosen: a box in its head chooses the whole page, Shift all up to the last one, and the bar
// below says how many. Without it, rows are chosen one by one.

/** @type {HTMLInputElement | null} */
const all = document.querySelector('[data-choose-all]');
/** @type {HTMLInputElement[]} */
const boxes = [...document.querySelectorAll('tbody .mark input')].filter(
  (box) => box instanceof HTMLInputElement,
);
const words = document.querySelector('[data-chosen]');
const without = words?.textContent ?? '';
let last = -1;

function tell() {
  const chosen = boxes.filter((box) => box.checked).length;
  if (words) words.textContent = chosen === 0 ? without : `With ${chosen} chosen`;
  if (!all) return;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

for (const [index, box] of boxes.entries()) {
  box.addEventListener('click', (event) => {
    const [from, to] = last < index ? [last, index] : [index, last];
    if (event.shiftKey && last >= 0)
      for (const between of boxes.slice(from, to)) between.checked = box.checked;
    last = index;
    tell();
  });
}

if (all) {
  all.hidden = false;
  all.addEventListener('click', () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
}

// The browser keeps what was chosen when one comes back.
addEventListener('pageshow', tell);
