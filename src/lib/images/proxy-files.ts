/**
 * How a machine learns of the pool's web proxy: one file for each program that has to know. Every file starts with the mark,
 * which is how they are told from a person's own: those are neither overwritten nor removed.
 */

export const proxyMark = 'Labrador proxy: removed before a capture';

export interface ProxyFile {
  readonly path: string;
  readonly mode: number;
  content(proxy: string): string;
}

const kept = 'http_proxy https_proxy HTTP_PROXY HTTPS_PROXY no_proxy';

const shells: ProxyFile = {
  path: '/etc/profile.d/labrador-proxy.sh',
  mode: 0o644,
  content: (proxy) =>
    [
      `# ${proxyMark}`,
      `export http_proxy='${proxy}' https_proxy='${proxy}' HTTP_PROXY='${proxy}' HTTPS_PROXY='${proxy}'`,
      "export no_proxy='localhost,127.0.0.1'\n",
    ].join('\n'),
};

const sudo: ProxyFile = {
  path: '/etc/sudoers.d/labrador-proxy',
  mode: 0o440,
  content: () => `# ${proxyMark}\nDefaults env_keep += "${kept}"\n`,
};

const apt: ProxyFile = {
  path: '/etc/apt/apt.conf.d/90labrador-proxy',
  mode: 0o644,
  content: (proxy) =>
    `// ${proxyMark}\nAcquire::http::Proxy "${proxy}";\nAcquire::https::Proxy "${proxy}";\n`,
};

const pip: ProxyFile = {
  path: '/etc/pip.conf',
  mode: 0o644,
  content: (proxy) => `# ${proxyMark}\n[global]\nproxy = ${proxy}\n`,
};

const git: ProxyFile = {
  path: '/etc/gitconfig',
  mode: 0o644,
  content: (proxy) => `# ${proxyMark}\n[http]\n\tproxy = ${proxy}\n`,
};

/** The files tiny takes; the others belong to programs it does not have. */
export const tinyProxyFiles: readonly ProxyFile[] = [shells, sudo];
const proxyFiles: readonly ProxyFile[] = [...tinyProxyFiles, apt, pip, git];

/** What an OS module removes before a capture, each only while its first line holds the mark. */
export const proxyPaths: readonly string[] = proxyFiles.map(({ path }) => path);

/** A shell script that removes what an earlier machine's proxy left, and sets the given one up where there is one. */
export function proxyScript(proxy: string | undefined): string {
  const removal = `for f in ${proxyPaths.join(' ')}; do head -n 1 "$f" 2>/dev/null | grep -q '${proxyMark}' && rm -f "$f"; done`;
  const writes = proxy === undefined ? [] : proxyFiles.map((file) => writeUnlessThere(file, proxy));
  return [removal, ...writes, 'true'].join('\n');
}

function writeUnlessThere({ path, mode, content }: ProxyFile, proxy: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const text = quoted(content(proxy));
  return `[ -d ${folder} ] && [ ! -e ${path} ] && printf %s ${text} >${path} && chmod ${mode.toString(8)} ${path}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
