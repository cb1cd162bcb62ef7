#!/bin/sh
# ROOT TINY: run by mmdebstrap when all packages are in. Makes of them a machine that takes its identity from a seed disk;
# TINY is the folder of tiny's own files.
set -eu
root=$1

echo debian >"$root/etc/hostname"
: >"$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_*
printf 'LABEL=root / ext4 noatime,errors=remount-ro 0 1\nLABEL=BOOT /boot/loader vfat noauto,umask=0077 0 0\n' >"$root/etc/fstab"
mkdir -p "$root/boot/loader"

# The seed disk is read before systemd starts, by the same script as in tiny: cloud-init takes a minute for it where
# processors are emulated. It is there for whoever uses this disk elsewhere, after removing these two files.
touch "$root/etc/cloud/cloud-init.disabled"
cat >"$root/etc/cloud/cloud.cfg.d/99-labrador.cfg" <<'CLOUD'
datasource_list: [NoCloud, None]
network: {config: disabled}
apt_preserve_sources_list: true
CLOUD
install -D -m 755 "$2/usr/lib/labrador/seed" "$root/usr/lib/labrador/seed"
cat >"$root/etc/initramfs-tools/scripts/init-bottom/labrador" <<'EARLY'
#!/bin/sh
case $1 in prereqs) echo udev && exit ;; esac
mount -t proc proc "$rootmnt/proc"
chroot "$rootmnt" /usr/lib/labrador/seed
umount "$rootmnt/proc"
EARLY
chmod 755 "$root/etc/initramfs-tools/scripts/init-bottom/labrador"

cat >"$root/etc/systemd/network/10-dhcp.network" <<'NETWORK'
[Match]
Type=ether
[Network]
DHCP=yes
[DHCPv4]
ClientIdentifier=mac
NETWORK
cat >"$root/etc/ssh/sshd_config.d/labrador.conf" <<'SSHD'
UseDNS no
PermitRootLogin prohibit-password
SSHD

# A kernel that apt brings later is copied to where the boot loader reads it.
for hook in kernel/postinst.d initramfs/post-update.d; do
  mkdir -p "$root/etc/$hook"
  cat >"$root/etc/$hook/zz-labrador" <<'HOOK'
#!/bin/sh
[ -e "/boot/initrd.img-$1" ] && mount /boot/loader 2>/dev/null || exit 0
cp "/boot/vmlinuz-$1" /boot/loader/vmlinuz && cp "/boot/initrd.img-$1" /boot/loader/initrd
umount /boot/loader
HOOK
  chmod 755 "$root/etc/$hook/zz-labrador"
done

printf 'MODULES=list\nCOMPRESS=lz4\nFSTYPE=ext4\n' >"$root/etc/initramfs-tools/conf.d/labrador"
printf 'virtio_pci\nvirtio_blk\nvirtio_net\next4\n' >"$root/etc/initramfs-tools/modules"
chroot "$root" update-initramfs -u

chroot "$root" systemctl -q enable systemd-networkd systemd-resolved ssh serial-getty@ttyS0.service
chroot "$root" systemctl -q mask systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer \
  dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-pstore.service
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root/var/lib/systemd/random-seed"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
