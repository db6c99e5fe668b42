#!/bin/sh
# preStop of Redis: a master hands over first. 12 s, once it may begin: the pause of hand-over.sh ends after 15.
. @configFolder@/common.sh
# A hook's words go nowhere; those of the container's first process are its log.
[ ! -w /proc/1/fd/2 ] || [ "$(cat /proc/1/comm)" != "${server##*/}" ] || exec 2> /proc/1/fd/2
sh @configFolder@/await-successor.sh || :
timeout 12 sh @configFolder@/hand-over.sh && exit 0
log 'not handed over'
printf "CLIENT UNPAUSE\nHSET @lineageKey@ switching ''\n" | ask @localHost@ @redisPort@ > /dev/null || :
