#!/bin/sh
# preStop of Sentinel: it leaves after Redis, whose hand-over needs a majority.
. @configFolder@/common.sh
tries=0
while [ "$tries" -lt 50 ] && ask @localHost@ @redisPort@ PING > /dev/null; do
  tries=$((tries + 1))
  sleep 0.5
done
