// @ts-check
// Files into and out of the home folder, through the gateway's file door.
import { gatewayPath, Refused, ticketFor } from './tickets.js';

/** @typedef {{ name: string, size: number, dir: boolean }} Entry */
/** @typedef {{ items: Entry[], truncated: boolean }} Listing */

/** @param {HTMLElement} page @param {string} reservation */
export function startFiles(page, reservation) {
  const find = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (page.querySelector(`[data-${name}]`));
  const panel = find('files');
  const button = find('files-button');
  const list = find('file-list');

  const refresh = async () => {
    const answer = await fetch(gatewayPath('files', { ticket: await ticketFor(reservation, 'files') }));
    if (!answer.ok) throw new Refused('files', sentenceIn(await answer.text()));
    const listing = /** @type {Listing} */ (await answer.json());
    list.replaceChildren(...listing.items.map(row));
    if (listing.truncated) list.append('…');
  };
  const tell = (/** @type {unknown} */ error) => {
    list.textContent = error instanceof Refused ? error.message : 'The files cannot be listed now.';
  };
  const show = (/** @type {boolean} */ open) => {
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) void refresh().catch(tell);
    (open ? find('files-close') : button).focus();
  };
  /** @param {Iterable<File>} files */
  const upload = async (files) => {
    if (panel.hidden) show(true);
    for (const file of files) await send(file, reservation, find('transfers'));
    await refresh().catch(tell);
  };
  button.addEventListener('click', () => show(panel.hidden));
  find('files-close').addEventListener('click', () => show(false));
  panel.addEventListener('keydown', (event) => event.key === 'Escape' && show(false));
  find('download-home').addEventListener(
    'click',
    (event) => void download(event, reservation, { archive: 'home' }),
  );
  list.addEventListener('click', (event) => {
    const path = /** @type {Element} */ (event.target).closest('[data-path]')?.getAttribute('data-path');
    if (path) void download(event, reservation, { path });
  });
  const chosen = /** @type {HTMLInputElement} */ (find('upload'));
  chosen.addEventListener('change', () => void upload([...(chosen.files ?? [])]));
  acceptDrops(find('terminal-window'), find('drop'), (files) => void upload(files));
}

/** @param {Entry} entry @returns {HTMLLIElement} */
function row({ name, size, dir }) {
  const item = document.createElement('li');
  const line = document.createElement(dir ? 'span' : 'a');
  line.textContent = dir ? `${name}/` : name;
  if (line instanceof HTMLAnchorElement) {
    line.href = '#';
    line.dataset.path = name;
    const amount = document.createElement('span');
    amount.className = 'size';
    amount.textContent = inBytes(size);
    line.append(amount);
  } else line.className = 'folder';
  item.append(line);
  return item;
}

/** @param {number} size */
function inBytes(size) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = size === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(size) / Math.log(1024)));
  const value = size / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** @param {Event} event @param {string} reservation @param {Record<string, string>} what */
async function download(event, reservation, what) {
  event.preventDefault();
  const ticket = await ticketFor(reservation, 'files');
  const link = document.createElement('a');
  link.href = gatewayPath('files', { ticket, ...what });
  link.download = '';
  link.click();
}

/** @param {File} file @param {string} reservation @param {HTMLElement} place where its progress is shown */
async function send(file, reservation, place) {
  const item = document.createElement('li');
  const bar = Object.assign(document.createElement('progress'), { className: 'progress', max: 1, value: 0 });
  bar.setAttribute('aria-label', file.name);
  const words = Object.assign(document.createElement('span'), { textContent: file.name });
  item.append(words, bar);
  place.append(item);
  try {
    const ticket = await ticketFor(reservation, 'files');
    await put(gatewayPath('files', { ticket, name: file.name }), file, (done) => (bar.value = done));
    words.textContent = `${file.name} is in your home folder.`;
  } catch (error) {
    words.textContent = `${file.name}: ${error instanceof Error ? error.message : 'could not be sent.'}`;
  }
  bar.remove();
}

/**
 * fetch does not tell how much has gone out; XMLHttpRequest does.
 * @param {string} path @param {File} file @param {(done: number) => void} progress
 * @returns {Promise<void>}
 */
function put(path, file, progress) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      progress(total > 0 ? loaded / total : 0),
    );
    request.addEventListener('load', () => {
      if (request.status < 300) done();
      else fail(new Error(sentenceIn(request.responseText)));
    });
    request.addEventListener('error', () => fail(new Error('could not be sent.')));
    request.send(file);
  });
}

/** @param {string} text a problem document, or anything */
function sentenceIn(text) {
  try {
    return JSON.parse(text).detail ?? 'could not be sent.';
  } catch {
    return 'could not be sent.';
  }
}

/** @param {HTMLElement} target @param {HTMLElement} hint @param {(files: File[]) => void} dropped */
function acceptDrops(target, hint, dropped) {
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    hint.hidden = false;
  });
  target.addEventListener('dragleave', () => (hint.hidden = true));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    hint.hidden = true;
    dropped([...(event.dataTransfer?.files ?? [])]);
  });
}
