#!/bin/sh
# By hand, where boot waits for a human: makes this pod's data the data of all. What only other pods have is lost.
. @configFolder@/common.sh
patience=10
. @configFolder@/look.sh

other=$(look_around | awk -v me="$me" '$2 == "running" && $3 == "master" && $4 == "yes" && $1 != me { print $1 }')
[ -z "$other" ] || { log "refused: $other is a running master with data"; exit 1; }
touch @promoteSentinelMark@
if [ -e @runFolder@/waiting ]; then
  touch @promoteRedisMark@
else
  ask @localHost@ @redisPort@ REPLICAOF NO ONE > /dev/null
fi
# It starts again with this pod as its master, under an epoch that the others follow.
ask @localHost@ @sentinelPort@ SHUTDOWN > /dev/null || :
log "$me becomes master"
