#!/bin/sh
# The store of a worker on a workerd of your own: `store.sh copy TO` makes a copy of it, `store.sh restore FROM` sets it back to one.
# Run as root, from /opt/sekisho. Both stop the socket too: while it is there systemd starts the worker again with the next request.
# Meanwhile nginx shows its page. A store that was set back believes cookies and codes that had ended, so two new MAC keys go in front
# before it is there.
set -eu

store=/var/lib/sekisho
secrets=/etc/sekisho/secrets
units="sekisho.socket sekisho.service"

fail() {
  echo "store.sh: $1" >&2
  exit 1
}

start() {
  systemctl start $units
}

stop() {
  systemctl stop $units
  if systemctl is-active --quiet $units; then fail "the worker goes on; nothing was done"; fi
}

# The numbers of the ring, a line each, as they stand: the current one first.
generations() {
  sed -n "s/^SEKISHO_MAC_KEYS=['\"]\{0,1\}\([^'\"]*\).*/\1/p" "$secrets" | tr ',' '\n' | sed -n 's/^\([0-9][0-9]*\):..*/\1/p'
}

key() {
  printf '%s:%s' "$1" "$(openssl rand 32 | base64 -w 0 | tr '+/' '-_' | tr -d '=')"
}

[ $# = 2 ] || fail "usage: store.sh copy TO | store.sh restore FROM"

case $1 in
copy)
  [ ! -e "$2" ] || fail "$2 is there already"
  # What a copy that failed has left would take this one into itself.
  rm -rf "$2.part"
  trap start EXIT
  trap 'exit 1' INT TERM HUP
  stop
  cp -a --reflink=auto "$store" "$2.part"
  mv "$2.part" "$2"
  ;;
restore)
  for folder in objects PUBLISHED; do
    [ -d "$2/$folder" ] || fail "$2 is no copy of a store: it has no $folder"
  done
  [ -d "$store" ] || fail "there is no $store to set back: start the worker once, and it is there"
  count=$(generations | wc -l)
  last=$(generations | sort -n | tail -n 1)
  [ "$count" -gt 0 ] || fail "$secrets has no SEKISHO_MAC_KEYS"
  [ "$count" -le 14 ] || fail "the ring of SEKISHO_MAC_KEYS is full: it holds sixteen keys, and two are to be put in front"
  [ "$last" -le 253 ] || fail "there is no number left for another key: 255 is the last"
  aside=$store.$(date +%Y%m%dT%H%M%S)
  stop
  # From here on a fault leaves the worker stopped: half of this is worse than none.
  sed -i "s/^SEKISHO_MAC_KEYS=['\"]\{0,1\}/&$(key $((last + 2))),$(key $((last + 1))),/" "$secrets"
  mv "$store" "$aside"
  cp -a --reflink=auto "$2" "$store"
  chown -R --reference="$aside" "$store"
  start
  echo "The store is that of $2; what it was lies in $aside. Nobody's cookie of before is believed."
  ;;
*) fail "usage: store.sh copy TO | store.sh restore FROM" ;;
esac
