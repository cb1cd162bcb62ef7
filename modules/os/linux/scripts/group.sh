# Machines that are had together: a network of their own, and by which names they find one another.

# CARD ADDRESS: nothing else that sets up networks is to touch that card.
take_address() {
  found=$(grep -l -i -x -e "$1" /sys/class/net/*/address 2>/dev/null | head -n 1)
  [ -n "$found" ] || { echo "the card $1 is not there" >&2; return 1; }
  card=$(basename "$(dirname "$found")")
  ! has nmcli || nmcli device set "$card" managed no >/dev/null 2>&1 || true
  ip link set "$card" up
  ip -o addr show dev "$card" | grep -q " inet $2 " || ip addr add "$2" dev "$card"
}

hosts_begin='# labrador: machines that are had together'
hosts_end='# labrador: end of them'

# SELF, then of each NAME ROLE ADDRESS. Written beside the old one first: a plug that is pulled now takes nothing away.
meet() {
  mkdir -p -m 755 /etc/labrador
  printf '%s\n' "$1" >/etc/labrador/self
  shift
  : >/etc/labrador/machines.new
  sed "/^$hosts_begin\$/,/^$hosts_end\$/d" /etc/hosts >/etc/hosts.new
  printf '%s\n' "$hosts_begin" >>/etc/hosts.new
  while [ $# -ge 3 ]; do
    printf '%s %s %s\n' "$1" "$2" "$3" >>/etc/labrador/machines.new
    printf '%s %s\n' "$3" "$1" >>/etc/hosts.new
    shift 3
  done
  printf '%s\n' "$hosts_end" >>/etc/hosts.new
  chmod 644 /etc/hosts.new /etc/labrador/machines.new /etc/labrador/self
  mv -f /etc/hosts.new /etc/hosts
  mv -f /etc/labrador/machines.new /etc/labrador/machines
}
