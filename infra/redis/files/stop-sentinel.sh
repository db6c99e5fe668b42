#!/bin/sh
# preStop of Sentinel: it leaves after Redis, whose hand-over needs a majority. 40 s: Redis waits, hands over and
# writes the end of its file meanwhile.
. @configFolder@/common.sh
tries=0
while [ "$tries" -lt 80 ] && ask @localHost@ @redisPort@ PING > /dev/null; do
  tries=$((tries + 1))
  sleep 0.5
done
