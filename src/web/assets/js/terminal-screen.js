// @ts-check
// xterm, drawn by WebGL: its other renderer writes styles into the page, which our policy allows on one address alone.
import { FitAddon } from '../vendor/addon-fit.mjs';
import { WebglAddon } from '../vendor/addon-webgl.mjs';
import { Terminal } from '../vendor/xterm.mjs';

const readerKey = 'labrador screen reader mode';
const theme = {
  background: '#0f0e0d',
  foreground: '#ebe7df',
  cursor: '#ebe7df',
  selectionBackground: '#3f68e688',
  black: '#2d2b28',
  red: '#ff978d',
  green: '#63d2a2',
  yellow: '#f0b860',
  blue: '#8fa8ff',
  magenta: '#d7a4f2',
  cyan: '#7ad0dd',
  white: '#d9d4ca',
  brightBlack: '#8a837a',
  brightRed: '#ffb0a8',
  brightGreen: '#8be3bd',
  brightYellow: '#f7cf8e',
  brightBlue: '#b3c4ff',
  brightMagenta: '#e6c3f8',
  brightCyan: '#a3e2eb',
  brightWhite: '#ffffff',
};

/** @param {HTMLElement} element */
export function makeScreen(element) {
  const terminal = new Terminal({
    theme,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: innerWidth < 640 ? 13 : 14,
    lineHeight: 1.15,
    scrollback: 5000,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    screenReaderMode: localStorage.getItem(readerKey) === 'on',
    minimumContrastRatio: 4.5,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  drawByWebgl(terminal);
  fit.fit();
  new ResizeObserver(() => fit.fit()).observe(element);
  offerReaderMode(terminal);
  return {
    size: () => ({ cols: terminal.cols, rows: terminal.rows }),
    focus: () => terminal.focus(),
    clear: () => terminal.reset(),
    /** @param {{ cols: number, rows: number }} size */
    show: ({ cols, rows }) => terminal.resize(cols, rows),
    /** @param {Uint8Array} bytes */
    write: (bytes) => terminal.write(bytes),
    /** @param {string} text a line of ours between those of the machine */
    writeLine: (text) => terminal.write(`\r\n\u001b[7m ${text} \u001b[0m\r\n`),
    /** @param {(text: string) => void} heard */
    onText: (heard) => terminal.onData(heard),
    /** @param {(size: { cols: number, rows: number }) => void} heard */
    onResize: (heard) => terminal.onResize(heard),
    /** @param {() => void} leave */
    onLeave: (leave) => handleOwnKeys(terminal, leave),
  };
}

/** @param {Terminal} terminal */
function drawByWebgl(terminal) {
  const relaxed = new URLSearchParams(location.search).get('renderer') === 'dom';
  if (relaxed) return;
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(goPlain);
    terminal.loadAddon(webgl);
  } catch {
    goPlain(); // no WebGL in this browser
  }
}

function goPlain() {
  location.replace(`${location.pathname}?renderer=dom`);
}

/** @param {Terminal} terminal @param {() => void} leave */
function handleOwnKeys(terminal, leave) {
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true;
    if (event.code === 'Escape') {
      event.preventDefault();
      leave();
      return false;
    }
    if (event.code === 'KeyC' && terminal.hasSelection()) {
      event.preventDefault();
      void navigator.clipboard.writeText(terminal.getSelection());
      return false;
    }
    return event.code !== 'KeyV'; // the browser pastes
  });
}

/** @param {Terminal} terminal */
function offerReaderMode(terminal) {
  const box = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-screen-reader]'));
  if (!box) return;
  box.checked = terminal.options.screenReaderMode === true;
  box.addEventListener('change', () => {
    terminal.options.screenReaderMode = box.checked;
    localStorage.setItem(readerKey, box.checked ? 'on' : 'off');
  });
}
