#!/bin/sh
# Runs beside a Redis that has started empty and with priority 0, so that Sentinel passes it over: after an outage an
# empty replica and one with data look alike. Ends when this one has a copy.
. @configFolder@/common.sh

until replication=$(info @localHost@ replication) &&
  { [ "$(echo "$replication" | field master_link_status)" = up ] || [ "$(echo "$replication" | field role)" = master ]; }; do
  sleep 0.3
done
ask @localHost@ @redisPort@ CONFIG SET replica-priority 100 > /dev/null
log 'has a copy: may be promoted'
