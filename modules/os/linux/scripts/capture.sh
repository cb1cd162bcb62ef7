# Before a disk becomes an image: nothing of this machine, its people or its pool may be on it.

# MARK FILE...: what stands between two marks in the proxy's files; a file that holds nothing else goes.
remove_proxy() {
  mark=$1
  shift
  for file in "$@"; do
    grep -qsF -e "$mark" "$file" || continue
    sed -i "/$mark/,/$mark (end)/d" "$file"
    [ -s "$file" ] || rm -f "$file"
  done
}

clean_identity() {
  rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/dropbear/*_host_key
  rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/urandom/random-seed
  [ ! -e /etc/machine-id ] || : >/etc/machine-id
  rm -f /var/lib/labrador/instance-id /root/currentimage.txt
  rm -rf /var/lib/cloud /run/cloud-init /etc/netplan/50-cloud-init.yaml /etc/network/interfaces.d/50-cloud-init
  rm -f /var/lib/dhcp/*.leases /var/lib/dhclient/* /var/lib/NetworkManager/*lease* /var/lib/NetworkManager/secret_key
  rm -f /etc/udev/rules.d/70-persistent-net.rules
}

# Whoever made the image had keys of their own put where they let people in: none of them opens what is loaded from it.
clean_keys() {
  find /root /home -xdev -path '*/.ssh/authorized_keys*' -exec rm -f {} +
  printf 'root:*\n' | chpasswd -e
}

clean_traces() {
  rm -rf /var/log/journal/* /tmp/* /tmp/.[!.]* /var/tmp/* /var/tmp/.[!.]* /var/crash/* /var/lib/systemd/coredump/*
  find /var/log -xdev -type f \( -name '*.gz' -o -name '*.old' -o -name '*.[0-9]' -o -name '*.[0-9].log' \) -exec rm -f {} +
  find /var/log -xdev -type f -exec sh -c 'for file; do : >"$file"; done' - {} +
  find /root /home -xdev -type f \( -name '.*_history' -o -name '.lesshst' -o -name '.viminfo' -o -name '.wget-hsts' \) \
    -exec rm -f {} +
  rm -f /root/.ssh/known_hosts /root/.ssh/known_hosts.old
}

# What is free now need not be saved.
settle_disk() {
  sync
  ! has fstrim || fstrim / 2>/dev/null || true
  sync
}
