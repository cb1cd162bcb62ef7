# People's accounts. A new one has neither password nor keys until access opens. One that is closed again has no password,
# no shell and is expired: one of the three stops every way in (console, OpenSSH with and without PAM, dropbear, SFTP).

made=/var/lib/labrador/accounts
placed_keys=/var/lib/labrador/keys-of-
no_shell=/usr/sbin/nologin

exists() { id "$1" >/dev/null 2>&1; }

home_of() { awk -F: -v name="$1" '$1 == name { print $6 }' /etc/passwd; }

best_shell() { if [ -x /bin/bash ]; then echo /bin/bash; else echo /bin/sh; fi; }

set_shell() { sed -i "s|^\($1:.*:\)[^:]*\$|\1$2|" /etc/passwd; }

close_account() {
  if has usermod; then
    usermod -L -e 1 -s $no_shell "$1"
  else
    set_shell "$1" $no_shell
    passwd -l "$1" >/dev/null
  fi
}

# NAME yes|no: sudo passes over files with a dot in their name, so that the file is named by number.
root_rights() {
  if [ -d /etc/sudoers.d ]; then
    file=/etc/sudoers.d/labrador-account-$(id -u "$1")
    rm -f "$file"
    [ "$2" = no ] || (umask 337 && printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\n' "$1" >"$file")
  elif has doas; then
    file=/etc/doas.conf
    [ ! -d /etc/doas.d ] || file=/etc/doas.d/labrador.conf
    touch "$file"
    sed -i "/^permit nopass $1\$/d" "$file"
    [ "$2" = no ] || printf 'permit nopass %s\n' "$1" >>"$file"
  fi
}

# NAME yes|no: makes the account, closed; the second word says whether it may become root.
add_account() {
  if exists "$1"; then
    close_account "$1"
  elif has useradd; then
    useradd -m -s "$(best_shell)" "$1"
  else
    adduser -D -s "$(best_shell)" "$1"
  fi
  mkdir -p /var/lib/labrador
  grep -qxF -e "$1" $made 2>/dev/null || printf '%s\n' "$1" >>$made
  root_rights "$1" "$2"
  sync
}

# NAME HASH [KEY...]: lets the account in. Keys that we placed and that are not among these go; those of its person stay.
open_account() {
  name=$1
  printf '%s:%s\n' "$name" "$2" | chpasswd -e
  shift 2
  place_keys "$name" "$@"
  ! grep -q "^$name:.*:$no_shell\$" /etc/passwd || reopen_account "$name" "$(best_shell)"
  sync
}

reopen_account() { if has usermod; then usermod -e '' -s "$2" "$1"; else set_shell "$1" "$2"; fi; }

# Links are removed first: what is written here is written as root. Which keys are ours is kept before they are placed, so that
# it is known whenever this is broken off.
place_keys() {
  folder=$(home_of "$1")/.ssh
  keys=$folder/authorized_keys
  owner=$(id -u "$1"):$(id -g "$1")
  placed=$placed_keys$1
  shift
  [ ! -L "$folder" ] || rm -f "$folder"
  mkdir -p -m 700 "$folder"
  [ ! -L "$keys" ] || rm -f "$keys"
  touch "$keys"
  if [ -f "$placed" ]; then
    while IFS= read -r key; do is_among "$key" "$@" || drop_line "$keys" "$key"; done <"$placed"
  fi
  mkdir -p "${placed%/*}"
  for key in "$@"; do printf '%s\n' "$key"; done >"$placed.new"
  mv -f "$placed.new" "$placed"
  for key in "$@"; do
    grep -qxF -e "$key" "$keys" || printf '%s\n' "$key" >>"$keys"
  done
  chmod 600 "$keys"
  chown "$owner" "$folder" "$keys"
}

# WORD [WORD...]
is_among() {
  word=$1
  shift
  for other in "$@"; do [ "$other" != "$word" ] || return 0; done
  return 1
}

# FILE LINE: grep says 1 when nothing is left.
drop_line() {
  rm -f "$1.new"
  grep -vxF -e "$2" "$1" >"$1.new" || [ $? -eq 1 ]
  mv -f "$1.new" "$1"
}

# More than one round: what runs may start more before it is killed.
end_sessions() {
  uid=$(id -u "$1")
  [ "$uid" -ge 500 ] || return 0
  for round in 1 2 3 4 5; do
    pids=$(cat /proc/[0-9]*/status 2>/dev/null |
      awk -v uid="$uid" '$1 == "Pid:" { pid = $2 } $1 == "Uid:" && ($2 == uid || $3 == uid) { print pid }')
    [ -n "$pids" ] || return 0
    kill -KILL $pids 2>/dev/null || true
  done
}

# What its person wrote is on the disk before the way back in is closed: the machine may be captured or switched off next.
shut_out() {
  exists "$1" || return 0
  close_account "$1"
  end_sessions "$1"
  sync
}

remove_account() {
  exists "$1" || return 0
  shut_out "$1"
  root_rights "$1" no
  for folder in /tmp /var/tmp /dev/shm; do
    [ ! -d $folder ] || find $folder -xdev -user "$1" -exec rm -rf {} + 2>/dev/null || true
  done
  rm -f "/var/spool/cron/crontabs/$1" "/var/spool/cron/$1"
  if has userdel; then
    userdel -r "$1" 2>/dev/null || ! exists "$1" || userdel -rf "$1"
  else
    deluser --remove-home "$1" >/dev/null
  fi
  [ ! -f $made ] || sed -i "/^$1\$/d" $made
  rm -f "$placed_keys$1"
}

remove_all_accounts() {
  [ -f $made ] || return 0
  for account in $(cat $made); do remove_account "$account"; done
  rm -f $made "$placed_keys"*
}
