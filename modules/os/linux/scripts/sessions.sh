# Who is there, and how to reach them.

# NAME MARK: prints what tells login sessions from other processes, and then the pids that the gateway's terminals belong to.
# No -F with the mark: busybox would look no further than the first variable.
list_processes() {
  id -u "$1" 2>/dev/null || return 0
  cat /proc/[0-9]*/status 2>/dev/null | grep -E '^(Name|Pid|PPid|Uid):'
  grep -l -e "$2" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/\([0-9]*\)/environ$|Terminal: \1|'
}

# The terminals of an account.
terminals_of() { find /dev /dev/pts -maxdepth 1 -type c -user "$1" 2>/dev/null | grep -E '/(pts/|tty)[0-9]'; }

# For how many seconds nobody has typed on any terminal of an account: the kernel notes when one was read from. Nothing where it has none.
idle_seconds() {
  exists "$1" || return 0
  last=$(for terminal in $(terminals_of "$1"); do stat -c %X "$terminal" 2>/dev/null || :; done | sort -n | tail -n 1)
  [ -z "$last" ] || echo $(($(date +%s) > last ? $(date +%s) - last : 0))
}

# Every TCP connection, as the kernel shows it.
list_connections() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || true; }

# The terminals of processes with a mark in their environment.
terminals_with() {
  grep -l -e "$1" /proc/[0-9]*/environ 2>/dev/null | while read -r environ; do readlink "${environ%environ}fd/0" || :; done
}

# NAME MARK LINE: shows a line on every terminal of an account but the gateway's, whose windows show it themselves. A terminal that is held does not hold us.
tell() {
  exists "$1" || return 0
  gateways=" $(echo $(terminals_with "$2")) "
  for terminal in $(terminals_of "$1"); do
    case "$gateways" in *" $terminal "*) continue ;; esac
    (printf '\r\n\007%s\r\n' "$3" >"$terminal") >/dev/null 2>&1 &
  done
}
