#!/bin/sh
# render-sentinel.sh [MASTER CONFIG_EPOCH CURRENT_EPOCH]: sentinel.conf of this start. Rules, paths and credentials are
# new; what Sentinel itself wrote (master, epochs) is kept, unless a master is given.
. @configFolder@/common.sh

# Of the name, so that a pod whose volume was lost comes back as the same sentinel and not as a fourth voter.
id_of() {
  printf 'sentinel of %s' "$1" | sha1sum | cut -c 1-40
}

if [ $# -gt 0 ]; then
  kept="sentinel monitor @masterName@ $1 @redisPort@ @quorum@
sentinel config-epoch @masterName@ $2
sentinel current-epoch $3"
else
  kept=$(awk '
    $1 != "sentinel" { next }
    $2 == "monitor" && $3 == "@masterName@" { print $1, $2, $3, $4, $5, "@quorum@" }
    $2 ~ /^(config-epoch|leader-epoch|current-epoch)$/
  ' @sentinelConf@)
fi

sh @configFolder@/render-acl.sh sentinel-users.acl @runFolder@/sentinel-users.acl
{
  cat @configFolder@/sentinel.conf
  echo "sentinel announce-ip $me"
  echo "sentinel myid $(id_of "$me")"
  echo "sentinel sentinel-pass $(cat @sentinelPasswordFile@)"
  echo "$kept"
  cat @configFolder@/monitor.conf
  echo "sentinel auth-pass @masterName@ $(cat @sentinelPasswordFile@)"
  # All three count from the first moment: two are a majority, one alone never is.
  for host in $others; do
    echo "sentinel known-sentinel @masterName@ $host @sentinelPort@ $(id_of "$host")"
  done
  # Asked for at once, and not only when the master has been seen to list them.
  master=$(echo "$kept" | awk '$2 == "monitor" { print $4 }')
  for host in $hosts; do
    [ "$host" = "$master" ] || echo "sentinel known-replica @masterName@ $host @redisPort@"
  done
} > @sentinelConf@.new
mv @sentinelConf@.new @sentinelConf@
