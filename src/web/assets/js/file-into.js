// @ts-check
// A file that is chosen is put into the text field that it belongs to: the same is sent as if it had been pasted.

/** What the server takes, as text in a form. */
const most = 1_200_000;

for (const place of document.querySelectorAll('[data-file-into]')) {
  const chooser = /** @type {HTMLInputElement} */ (place.querySelector('input[type="file"]'));
  const says = /** @type {HTMLElement} */ (place.querySelector('[role="status"]'));
  const field = document.getElementById(place.getAttribute('data-file-into') ?? '');
  place.removeAttribute('hidden');
  chooser.addEventListener('change', async () => {
    const [file] = chooser.files ?? [];
    if (!file || !(field instanceof HTMLTextAreaElement)) return;
    if (file.size > most) {
      says.textContent = `${file.name} is too large: at most ${most / 1_000_000} MB.`;
      return;
    }
    field.value = await file.text();
    const lines = field.value.split('\n').filter((line) => line.trim() !== '').length;
    says.textContent = `${file.name}: ${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}, put into the table.`;
  });
}
