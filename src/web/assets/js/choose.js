// @ts-check
// What is chosen with boxes: one in the head of each group (a table, a rack) chooses all of it, Shift all up to the last one,
// and the bar below says how many. Without it, each is chosen by itself.

const group = 'table, .rack';
/** @type {HTMLInputElement[]} */
const heads = [...document.querySelectorAll('[data-choose-all]')].filter(
  (box) => box instanceof HTMLInputElement,
);
/** @type {HTMLInputElement[]} */
const boxes = [...document.querySelectorAll('.mark input:not([data-choose-all])')].filter(
  (box) => box instanceof HTMLInputElement,
);
const words = document.querySelector('[data-chosen]');
const without = words?.textContent ?? '';
let last = -1;

/** @param {HTMLInputElement} head */
function under(head) {
  const place = head.closest(group);
  return boxes.filter((box) => box.closest(group) === place);
}

function tell() {
  const chosen = boxes.filter((box) => box.checked).length;
  if (words) words.textContent = chosen === 0 ? without : `With ${chosen} chosen`;
  for (const head of heads) {
    const mine = under(head);
    const checked = mine.filter((box) => box.checked).length;
    head.checked = mine.length > 0 && checked === mine.length;
    head.indeterminate = checked > 0 && checked < mine.length;
  }
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

for (const head of heads) {
  head.hidden = false;
  head.addEventListener('click', () => {
    for (const box of under(head)) box.checked = head.checked;
    tell();
  });
}

// The browser keeps what was chosen when one comes back.
addEventListener('pageshow', tell);
