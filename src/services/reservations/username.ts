/** Accounts that systems have already; nobody gets one of these. */
const taken = new Set(
  'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody sshd admin operator messagebus debian ubuntu systemd-network systemd-resolve systemd-timesync'.split(
    ' ',
  ),
);

/** The login name on the machine: the person's own where a POSIX system takes it (at most 32 of `[a-z0-9_-]`). */
export function loginName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 28);
  return plain === '' || taken.has(plain) ? `lab-${plain || 'user'}` : plain;
}
