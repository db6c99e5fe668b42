#!/bin/sh
# preStop of Redis: a master hands over first. 4 s: longer, and callers would rather have the failover of a crash.
. @configFolder@/common.sh
timeout 4 sh @configFolder@/hand-over.sh && exit 0
log 'not handed over'
ask @localHost@ @redisPort@ CLIENT UNPAUSE > /dev/null || :
