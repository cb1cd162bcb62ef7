/**
 * How a machine learns of the pool's web proxy: a part of one file for each program that has to know, between two lines with
 * a mark. That is how it is told from what a person wrote, which is neither overwritten nor removed.
 */

import { shellWord } from '../shell-word.ts';

export const proxyMark = 'Labrador proxy: removed before a capture';

interface ProxyFile {
  readonly path: string;
  readonly mode: number;
  /** Takes more than one part: ours is added where the file is there already. */
  readonly isShared?: boolean;
  content(proxy: string): string;
}

const address = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
const around = "no_proxy='localhost,127.0.0.1'";
const settings = (proxy: string) => [...address.map((name) => `${name}='${proxy}'`), around];

const files: readonly ProxyFile[] = [
  {
    path: '/etc/profile.d/labrador-proxy.sh',
    mode: 0o644,
    content: (proxy) => marked(`export ${settings(proxy).join(' ')}`),
  },
  {
    // Read by PAM: commands over SSH, cron and su, which are no login shells.
    path: '/etc/environment',
    mode: 0o644,
    isShared: true,
    content: (proxy) => marked(settings(proxy).join('\n').replaceAll("'", '')),
  },
  {
    path: '/etc/sudoers.d/labrador-proxy',
    mode: 0o440,
    content: () => marked(`Defaults env_keep += "${address.join(' ')} no_proxy"`),
  },
  {
    path: '/etc/apt/apt.conf.d/90labrador-proxy',
    mode: 0o644,
    content: (proxy) => marked(`Acquire::http::Proxy "${proxy}";\nAcquire::https::Proxy "${proxy}";`, '//'),
  },
  { path: '/etc/pip.conf', mode: 0o644, content: (proxy) => marked(`[global]\nproxy = ${proxy}`) },
  { path: '/etc/gitconfig', mode: 0o644, content: (proxy) => marked(`[http]\n\tproxy = ${proxy}`) },
];

/** Where an OS module looks for the mark before a capture. */
export const proxyPaths: readonly string[] = files.map(({ path }) => path);

/** A shell script that removes what an earlier machine's proxy left, and sets the given one up where there is one. */
export function proxyScript(proxy: string | undefined): string {
  const writes = proxy === undefined ? [] : files.map((file) => write(file, file.content(proxy)));
  return [removal, ...writes, 'true\n'].join('\n');
}

const removal = `for f in ${proxyPaths.join(' ')}; do
  grep -qsF '${proxyMark}' "$f" || continue
  sed -i '/${proxyMark}/,/${proxyMark} (end)/d' "$f"
  [ -s "$f" ] || rm -f "$f"
done`;

function write({ path, mode, isShared }: ProxyFile, content: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const isFree = isShared ? '' : `[ ! -e ${path} ] && `;
  return `[ -d ${folder} ] && ${isFree}printf %s ${shellWord(content)} >>${path} && chmod ${mode.toString(8)} ${path}`;
}

function marked(text: string, comment = '#'): string {
  return `${comment} ${proxyMark}\n${text}\n${comment} ${proxyMark} (end)\n`;
}
