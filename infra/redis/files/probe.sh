#!/bin/sh
# probe.sh alive: Redis answers, be it with an error (it may be loading). probe.sh ready: it serves.
set -eu
REDISCLI_AUTH=$(cat @opsPasswordFile@)
export REDISCLI_AUTH
answer=$(redis-cli -h 127.0.0.1 -p @port@ --tls --cacert @caFile@ --user ops --no-auth-warning ping)
[ "$1" = alive ] || [ "$answer" = PONG ]
