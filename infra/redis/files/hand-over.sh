#!/bin/sh
# Moves the master's role from this pod to a replica that has everything, and notes that the lineage goes on there.
# Fails when it could not; writes may then still be paused. Between pause and note every question costs callers time.
# Where it ends without the note (killed, say), open codes are lost, once the time of the announcement is over.
. @configFolder@/common.sh
. @configFolder@/successors.sh

in_time() {
  [ "$(date +%s)" -lt "$deadline" ]
}

# Those of the replicas that lack something.
behind() {
  for host in $replicas; do
    [ "$(info "$host" replication | field slave_repl_offset)" -ge "$offset" ] 2> /dev/null || echo "$host" &
  done
  wait
}

# The new master: by itself, or by the sentinel, which hears of it up to a second later.
promoted() {
  {
    for host in $replicas; do
      [ "$(info "$host" replication | field role)" != master ] || echo "$host" &
    done
    host=$(master_by "$witness")
    [ "$host" = "$me" ] || echo "$host"
    wait
  } | grep . | head -n 1
}

# Refused until a replica follows the new master; three numbers when it is not, the last one how many have it.
noted() {
  noted=$(printf "HSET @lineageKey@ %s %s switching ''\nPEXPIRE @lineageKey@ 86400000\nWAIT 1 500\n" "$continued" "$lineage" |
    ask "$new" @redisPort@) || noted='no answer, or refused'
  # shellcheck disable=SC2086,SC2116 # one line
  noted=$(echo $noted)
  case $noted in
    *[!0-9\ ]* | '' | *' 0') log "not noted yet: $noted"; return 1 ;;
  esac
}

before=$(info @localHost@ replication)
if [ "$(echo "$before" | field role)" != master ]; then
  # Not to be promoted any more.
  ask @localHost@ @redisPort@ CONFIG SET replica-priority 0 > /dev/null || :
  exit 0
fi
witness=$(willing | head -n 1)
[ -n "$witness" ] || witness=$(witnesses | head -n 1)
[ -n "$witness" ] || { log 'no other sentinel knows this master'; exit 0; }
# shellcheck disable=SC2046 # words
replicas=$(staying $(online))
[ -n "$replicas" ] || { log 'no replica to hand over to'; exit 0; }

# Announced before the pause, and so to every replica that has everything: until the note is there, or the time is over,
# the new master says of a code neither that it is good nor that it is lost. 8 s: no longer than after a crash.
lineage=$(echo "$before" | field master_replid)
known_at=$((($(date +%s) + 8) * 1000))
printf "HSET @lineageKey@ switching '%s %s'\nPEXPIRE @lineageKey@ 86400000\nWAIT %s 500\n" \
  "$lineage" "$known_at" "$(echo "$replicas" | wc -l)" | ask @localHost@ @redisPort@ > /dev/null ||
  log 'not announced: codes may be told lost for a moment'

# 4 s: longer, and callers would rather have the fail-over of a crash.
deadline=$(($(date +%s) + 4))
# A ceiling: a pause that ended before this process does would leave a master that takes writes.
paused=$(printf 'CLIENT PAUSE 15000 WRITE\nINFO replication\n' | ask @localHost@ @redisPort@ | tr -d '\r')
log paused
offset=$(echo "$paused" | field master_repl_offset)
until [ -z "$(behind)" ]; do
  in_time || { log "not in time: $(behind | tr '\n' ' ')"; exit 1; }
  sleep 0.05
done
# Refused while the sentinel has not heard of the replicas yet, and while it is at it.
until ask "$witness" @sentinelPort@ SENTINEL FAILOVER @masterName@ > /dev/null; do
  [ "$(master_by "$witness")" = "$me" ] || break
  in_time || { log "no fail-over by the sentinel of $witness"; exit 1; }
  sleep 0.1
done
# From here on there is no way back: this process takes no write any more, and the new master is waited for.
until new=$(promoted) && [ -n "$new" ]; do sleep 0.05; done

# The last to take writes under the old lineage is this process: it must be none any more before the new one is noted.
# What waited for the end of the pause is refused now, and goes to the new master.
printf 'REPLICAOF %s @redisPort@\nCLIENT UNPAUSE\n' "$new" | ask @localHost@ @redisPort@ > /dev/null
log "handed over to $new"
# The sentinel turns the others a second later; until then the new master would have no replica but this pod, which leaves.
for host in $replicas; do
  [ "$host" = "$new" ] || ask "$host" @redisPort@ REPLICAOF "$new" @redisPort@ > /dev/null &
done

# One that keeps silent for a moment has lost nothing.
until after=$(info "$new" replication) && [ -n "$after" ]; do sleep 0.05; done
if [ "$(echo "$after" | field role)" != master ] || [ "$(echo "$after" | field master_replid2)" != "$lineage" ] ||
  [ "$(echo "$after" | field second_repl_offset)" -le "$offset" ]; then
  log 'the lineage ends here: the new master does not show all of it'
  ask "$new" @redisPort@ HSET @lineageKey@ switching '' > /dev/null || :
  exit 0
fi
continued=$(echo "$after" | field master_replid)
until noted; do sleep 0.05; done
log "lineage $lineage continues as $continued"
