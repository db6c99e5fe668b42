#!/bin/sh
# Moves the master's role from this pod to a replica that has everything, and notes that the lineage goes on there.
# Fails when it could not; writes may then still be paused.
. @configFolder@/common.sh

replication_of() {
  ask "$1" @redisPort@ INFO replication
}

# The replicas among HOSTS that are not leaving themselves.
staying() {
  for host in "$@"; do
    [ "$(replication_of "$host" | field slave_priority)" = 0 ] || echo "$host" &
  done
  wait
}

have_all() {
  for host in $replicas; do
    [ "$(replication_of "$host" | field slave_repl_offset)" -ge "$offset" ] 2> /dev/null || return 1
  done
}

master_by() {
  ask "$1" @sentinelPort@ SENTINEL GET-MASTER-ADDR-BY-NAME @masterName@ | head -n 1
}

before=$(replication_of @localHost@)
if [ "$(echo "$before" | field role)" != master ]; then
  # Not to be promoted any more.
  ask @localHost@ @redisPort@ CONFIG SET replica-priority 0 > /dev/null || :
  exit 0
fi
witness=
for host in $others; do
  [ "$(master_by "$host")" != "$me" ] || witness=$host
done
[ -n "$witness" ] || { log 'no other sentinel knows this master'; exit 0; }
# shellcheck disable=SC2046 # words
replicas=$(staying $(echo "$before" | sed -n 's/^slave[0-9]*:ip=\([^,]*\),.*state=online,.*/\1/p'))
[ -n "$replicas" ] || { log 'no replica to hand over to'; exit 0; }

# A ceiling: a pause that ended before this process does would leave a master that takes writes.
ask @localHost@ @redisPort@ CLIENT PAUSE 15000 WRITE > /dev/null
paused=$(replication_of @localHost@)
lineage=$(echo "$paused" | field master_replid)
offset=$(echo "$paused" | field master_repl_offset)
until have_all; do sleep 0.05; done
# Refused while the sentinel has not heard of the replicas yet, and while it is at it.
until ask "$witness" @sentinelPort@ SENTINEL FAILOVER @masterName@ > /dev/null; do
  [ "$(master_by "$witness")" = "$me" ] || break
  sleep 0.1
done
until new=$(master_by "$witness") && [ -n "$new" ] && [ "$new" != "$me" ]; do sleep 0.05; done

after=$(replication_of "$new")
# The last to take writes under the old lineage is this process: it must be none any more before the new one is noted.
ask @localHost@ @redisPort@ REPLICAOF "$new" @redisPort@ > /dev/null
# What waited for the end of the pause is refused now, and goes to the new master.
ask @localHost@ @redisPort@ CLIENT UNPAUSE > /dev/null
log "handed over to $new"

if [ "$(echo "$after" | field role)" != master ] || [ "$(echo "$after" | field master_replid2)" != "$lineage" ] ||
  [ "$(echo "$after" | field second_repl_offset)" -le "$offset" ]; then
  log 'the lineage ends here: the new master does not show all of it'
  exit 0
fi
continued=$(echo "$after" | field master_replid)
# Refused until a replica follows the new master; counted once one has it.
until printf 'HSET @lineageKey@ %s %s\nWAIT 1 500\n' "$continued" "$lineage" | ask "$new" @redisPort@ | tail -n 1 |
  grep -q '^[1-9]'; do
  sleep 0.05
done
log "lineage $lineage continues as $continued"
