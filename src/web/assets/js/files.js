// @ts-check
// Files into and out of the home folder and the folders in it, through the gateway's file door.
import { gatewayPath, Refused, ticketFor } from './tickets.js';

/** @typedef {{ name: string, size: number, dir: boolean, link: boolean }} Entry */
/** @typedef {{ items: Entry[], truncated: boolean }} Listing */

/** @param {HTMLElement} page @param {string} reservation */
export function startFiles(page, reservation) {
  const find = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (page.querySelector(`[data-${name}]`));
  const panel = find('files');
  const button = find('files-button');
  const list = find('file-list');
  /** Where we are, from the home folder down. @type {string[]} */
  let folder = [];

  const refresh = async () => {
    const ticket = await ticketFor(reservation, 'files');
    const answer = await fetch(gatewayPath('files', { ticket, folder: folder.join('/') }));
    if (!answer.ok) throw new Refused('files', sentenceIn(await answer.text()));
    const listing = /** @type {Listing} */ (await answer.json());
    list.replaceChildren(...listing.items.map((entry) => row(entry, folder, reservation)));
    showPlace(find('place'), folder);
    /** @type {HTMLAnchorElement} */ (find('download-folder')).href = downloadPath(reservation, {
      archive: folder.join('/') || '.',
    });
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
  /** @param {Iterable<File>} files @param {string[]} into */
  const upload = async (files, into) => {
    if (panel.hidden) show(true);
    for (const file of files) await send(file, reservation, into.join('/'), find('transfers'));
    await refresh().catch(tell);
  };
  /** @param {Event} event */
  const go = (event) => {
    const to = /** @type {Element} */ (event.target).closest('[data-folder]')?.getAttribute('data-folder');
    if (to === null || to === undefined) return;
    event.preventDefault();
    folder = to === '' ? [] : to.split('/');
    void refresh().catch(tell);
    find('place').focus();
  };
  button.addEventListener('click', () => show(panel.hidden));
  find('files-close').addEventListener('click', () => show(false));
  panel.addEventListener('keydown', (event) => event.key === 'Escape' && show(false));
  for (const place of [list, find('place')]) place.addEventListener('click', go);
  const chosen = /** @type {HTMLInputElement} */ (find('upload'));
  chosen.addEventListener('change', () => void upload([...(chosen.files ?? [])], folder));
  acceptDrops(find('terminal-window'), find('drop'), (files) => void upload(files, []));
}

/** @param {Entry} entry @param {string[]} folder @param {string} reservation @returns {HTMLLIElement} */
function row({ name, size, dir }, folder, reservation) {
  const item = document.createElement('li');
  const path = [...folder, name].join('/');
  const link = document.createElement('a');
  link.textContent = dir ? `${name}/` : name;
  link.href = dir ? '#' : downloadPath(reservation, { path });
  if (dir) {
    link.className = 'folder';
    link.dataset.folder = path;
  } else {
    link.download = '';
    const amount = document.createElement('span');
    amount.className = 'size';
    amount.textContent = inBytes(size);
    link.append(amount);
  }
  item.append(link);
  return item;
}

/** Home / folder / folder: each leads back to where it is. @param {HTMLElement} place @param {string[]} folder */
function showPlace(place, folder) {
  const steps = ['', ...folder].map((name, depth) => {
    const path = folder.slice(0, depth).join('/');
    if (depth === folder.length) return name || 'Home';
    const link = Object.assign(document.createElement('a'), { href: '#', textContent: name || 'Home' });
    link.dataset.folder = path;
    return link;
  });
  place.replaceChildren(...steps.flatMap((step, depth) => (depth === 0 ? [step] : [' / ', step])));
}

/** @param {string} reservation @param {Record<string, string>} what */
function downloadPath(reservation, what) {
  return `${reservation}/download?${new URLSearchParams(what)}`;
}

/** @param {number} size */
function inBytes(size) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = size === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(size) / Math.log(1024)));
  const value = size / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/**
 * @param {File} file
 * @param {string} reservation
 * @param {string} folder empty for the home
 * @param {HTMLElement} place where its progress is shown
 */
async function send(file, reservation, folder, place) {
  const item = document.createElement('li');
  const bar = Object.assign(document.createElement('progress'), { className: 'progress', max: 1, value: 0 });
  bar.setAttribute('aria-label', file.name);
  const words = Object.assign(document.createElement('span'), { textContent: file.name });
  item.append(words, bar);
  place.append(item);
  try {
    const ticket = await ticketFor(reservation, 'files');
    await put(gatewayPath('files', { ticket, folder, name: file.name }), file, {
      sending: (done) => (bar.value = done),
      sent() {
        bar.removeAttribute('value');
        words.textContent = `${file.name} is sent. The machine is still writing it.`;
      },
    });
    words.textContent = `${file.name} is in ${folder === '' ? 'your home folder' : folder}.`;
  } catch (error) {
    words.textContent = `${file.name}: ${error instanceof Error ? error.message : 'could not be sent.'}`;
  }
  bar.remove();
}

/**
 * fetch does not tell how much has gone out; XMLHttpRequest does. What has gone out lies between here and the machine for a
 * while: it is there when the answer is.
 * @param {string} path @param {File} file @param {{ sending: (done: number) => void, sent: () => void }} tell
 * @returns {Promise<void>}
 */
function put(path, file, { sending, sent }) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      sending(total > 0 ? loaded / total : 0),
    );
    request.upload.addEventListener('load', sent);
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
