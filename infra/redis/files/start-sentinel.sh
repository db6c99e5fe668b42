#!/bin/sh
# Entrypoint of Sentinel: goes on from what it wrote down last; a new one waits until there is a master to watch.
. @configFolder@/common.sh
. @configFolder@/look.sh

trap 'exit 0' TERM INT

# "EPOCH HOST" of the master that the other sentinels know with the highest epoch, else of the one Redis that is master.
find_master() {
  known=$(for host in $others; do
    ask "$host" @sentinelPort@ SENTINEL MASTER @masterName@ |
      awk 'key == "ip" { ip = $0 } key == "config-epoch" { epoch = $0 } { key = $0 } END { if (ip) print epoch + 0, ip }' &
  done | sort -rn | head -n 1)
  [ -n "$known" ] || known=$(look_around | awk '$2 == "running" && $3 == "master" { print 0, $1; n++ } END { exit n != 1 }')
  echo "$known"
}

now=$(date +%s)
if [ ! -e @promoteSentinelMark@ ] && grep -q '^sentinel monitor @masterName@ ' @sentinelConf@ 2> /dev/null; then
  sh @configFolder@/render-sentinel.sh
else
  log 'wait for a master to watch'
  until [ -e @promoteSentinelMark@ ] || { master=$(find_master) && [ -n "$master" ]; }; do sleep 1; done
  # By hand (promote.sh): an epoch above all others has every sentinel follow.
  [ ! -e @promoteSentinelMark@ ] || master="$now $me"
  log "watch ${master#* }, epoch ${master% *}"
  # The time as epoch is above every one that this sentinel may have voted in before its volume was lost: it cannot
  # vote twice.
  sh @configFolder@/render-sentinel.sh "${master#* }" "${master% *}" "$now"
  rm -f @promoteSentinelMark@
fi
sh @configFolder@/follow-certificate.sh sentinel &
exec "$server" @sentinelConf@ --sentinel
