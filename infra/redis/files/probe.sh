#!/bin/sh
# probe.sh alive: Redis answers, be it with an error (it may be loading). ready: it is a master, or in step with one.
# sentinel-alive, sentinel-ready: the same of Sentinel.
. @configFolder@/common.sh
patience=4

answers() {
  REDISCLI_AUTH=$(cat @opsPasswordFile@) timeout "$patience" "$client" -h @localHost@ -p "$1" --tls --cacert @caFile@ \
    --user ops --no-auth-warning PING > /dev/null
}

case $1 in
  alive) answers @redisPort@ || { [ -e @runFolder@/waiting ] && answers @waitingPort@; } ;;
  ready)
    [ "$(ask @localHost@ @redisPort@ PING)" = PONG ]
    replication=$(info @localHost@ replication)
    [ "$(echo "$replication" | field role)" = master ] || [ "$(echo "$replication" | field master_link_status)" = up ]
    ;;
  sentinel-alive) answers @sentinelPort@ ;;
  sentinel-ready) [ "$(ask @localHost@ @sentinelPort@ PING)" = PONG ] ;;
esac
