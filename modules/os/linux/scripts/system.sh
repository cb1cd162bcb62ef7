# The system itself: after a load, and its power.

# NAME KEY: what the seed disk did already is left as it is. Prints its clock and root's password hash, for us to judge.
prepare_system() {
  date '+clock %s'
  set_host_name "$1"
  trust_key "$2"
  grow_root
  awk -F: '$1 == "root" { print "shadow " $2 }' /etc/shadow
}

set_host_name() {
  [ "$(cat /proc/sys/kernel/hostname)" != "$1" ] || return 0
  printf '%s\n' "$1" >/etc/hostname
  printf '%s\n' "$1" >/proc/sys/kernel/hostname
  grep -qE "[[:space:]]$1\$" /etc/hosts || printf '127.0.1.1 %s\n' "$1" >>/etc/hosts
}

set_time() { date -u -s "@$1" >/dev/null; }

trust_key() {
  keys=/root/.ssh/authorized_keys
  ! grep -qxF -e "$1" $keys 2>/dev/null || return 0
  mkdir -p -m 700 /root/.ssh
  printf '%s\n' "$1" >>$keys
  chmod 600 $keys
}

# Root's partition to the end of its disk, where it is the last one, and its file system to the end of the partition.
grow_root() {
  device=$(awk '$2 == "/" && $1 ~ "^/dev/" { found = $1 } END { print found }' /proc/mounts)
  name=${device##*/}
  [ -e "/sys/class/block/$name/partition" ] || return 0
  number=$(cat "/sys/class/block/$name/partition")
  disk=$(basename "$(dirname "$(readlink -f "/sys/class/block/$name")")")
  end=$(($(cat "/sys/class/block/$name/start") + $(cat "/sys/class/block/$name/size")))
  spare=$(($(cat "/sys/class/block/$disk/size") - end))
  if [ $spare -gt 65536 ]; then
    if has growpart; then
      growpart "/dev/$disk" "$number" >/dev/null || true
    else
      echo "grow The partition leaves $((spare / 2048)) MB unused: the system has no growpart."
    fi
  fi
  sectors=$(cat "/sys/class/block/$name/size")
  set -- $(stat -f -c '%b %S' /)
  [ $(($1 * ($2 / 512))) -lt $((sectors / 10 * 9)) ] || return 0
  case $(awk -v device="$device" '$1 == device && $2 == "/" { print $3; exit }' /proc/mounts) in
    ext*) ! has resize2fs || resize2fs "$device" >/dev/null 2>&1 || true ;;
    xfs) ! has xfs_growfs || xfs_growfs / >/dev/null || true ;;
    btrfs) ! has btrfs || btrfs filesystem resize max / >/dev/null || true ;;
  esac
}

set_root_hash() { printf 'root:%s\n' "$1" | chpasswd -e; }

# NAME and lines: what Labrador and VCL read to know what a machine holds. A plug that is pulled now takes nothing away.
write_current_image() {
  printf '%s\n' "$@" >/root/currentimage.txt.new
  mv -f /root/currentimage.txt.new /root/currentimage.txt
  sync
}

read_current_image() { [ ! -f /root/currentimage.txt ] || head -n 1 /root/currentimage.txt; }

# MAC: the global addresses of that card, one a line. Not those that change by themselves, or are being tried or left.
list_addresses() {
  card=$(grep -l -i -x -e "$1" /sys/class/net/*/address 2>/dev/null | head -n 1)
  [ -n "$card" ] || return 0
  ip -o addr show dev "$(basename "$(dirname "$card")")" scope global |
    grep -vE 'temporary|tentative|deprecated' | sed -n 's|.* inet6* \([0-9a-f.:]*\)/.*|\1|p'
}

# A moment later, so that we are answered first.
soon() { (sleep 1; "$@") >/dev/null 2>&1 & }
