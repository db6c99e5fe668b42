#!/bin/sh
# Runs beside a Redis that has started empty and with priority 0, so that Sentinel passes it over: after an outage an
# empty replica and one with data look alike. Ends when this one has a copy, also of a master that has died since (only
# who has been in step has an offset beyond 1): nobody else might be left to take over.
. @configFolder@/common.sh

has_copy() {
  [ "$(echo "$replication" | field role)" = master ] || [ "$(echo "$replication" | field slave_repl_offset)" -gt 1 ]
}
until replication=$(info @localHost@ replication) && has_copy 2> /dev/null; do
  sleep 0.3
done
ask @localHost@ @redisPort@ CONFIG SET replica-priority 100 > /dev/null
log 'has a copy: may be promoted'
