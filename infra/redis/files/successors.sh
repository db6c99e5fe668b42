#!/bin/sh
# Sourced after common.sh: who could follow this pod's Redis as master, and whose sentinel would see to it.

master_by() {
  ask "$1" @sentinelPort@ SENTINEL GET-MASTER-ADDR-BY-NAME @masterName@ | head -n 1
}

# The other pods whose sentinel knows this master.
witnesses() {
  for host in $others; do
    [ "$(master_by "$host")" != "$me" ] || echo "$host" &
  done
  wait
}

# Those of them whose sentinel knows a replica that it would promote. A sentinel asks a replica every 10 s, and believes until
# then what it heard before the replica had its copy: not to be promoted (become-eligible.sh).
willing() {
  for host in $(witnesses); do
    # Names and values in turn, the flags before the priority.
    ask "$host" @sentinelPort@ SENTINEL REPLICAS @masterName@ | awk '
      NR % 2 { name = $0; next }
      name == "flags" { up = $0 == "slave" }
      name == "slave-priority" && up && $0 > 0 { found = 1 }
      END { exit !found }' && echo "$host" &
  done
  wait
}

# The replicas that follow this master.
online() {
  info @localHost@ replication | sed -n 's/^slave[0-9]*:ip=\([^,]*\),.*state=online,.*/\1/p'
}

# Those of HOSTS that are not leaving themselves.
staying() {
  for host in "$@"; do
    priority=$(info "$host" replication | field slave_priority) && [ "${priority:-0}" != 0 ] && echo "$host" &
  done
  wait
}
