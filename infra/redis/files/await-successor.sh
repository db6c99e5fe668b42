#!/bin/sh
# Before a hand-over, which pauses writes: waits until another pod's sentinel would promote a replica. A failover that it refuses
# is a pause for nothing. Ends at once where no sentinel or no replica could be waited for, or this is no master.
. @configFolder@/common.sh
. @configFolder@/successors.sh

# 11 s: within 10 s a sentinel asks every replica again.
deadline=$(($(date +%s) + 11))
until [ -n "$(willing)" ]; do
  [ -n "$(witnesses)" ] && [ -n "$(online)" ] || exit 0
  [ "$(date +%s)" -lt "$deadline" ] || { log 'no other sentinel would promote a replica'; exit 0; }
  sleep 0.2
done
