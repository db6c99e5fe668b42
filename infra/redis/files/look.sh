#!/bin/sh
# Sourced after common.sh: what the sentinels and the Redis of all pods say.

# The master that at least two sentinels name, or nothing.
named_by_majority() {
  for host in $hosts; do
    ask "$host" @sentinelPort@ SENTINEL GET-MASTER-ADDR-BY-NAME @masterName@ | head -n 1 &
  done | sort | uniq -c | awk '$1 >= @quorum@ && $2 != "" { print $2; exit }'
}

# One line per pod that answers: "HOST waiting DATA EPOCH MASTER" (see waiting-room.sh) or "HOST running ROLE DATA".
look_around() {
  for host in $hosts; do
    describe "$host" &
  done
  wait
}

describe() {
  if waiting=$(ask "$1" @waitingPort@ HMGET otp:boot data epoch master) && [ -n "$waiting" ]; then
    echo "$1 waiting $(echo "$waiting" | tr '\n' ' ')"
  elif info=$(info "$1" default) && [ -n "$info" ]; then
    echo "$info" | awk -F : -v host="$1" '
      $1 == "role" { role = $2 }
      $1 == "loading" { loading = $2 }
      # A replica that has been in step since it started may have writes that its master lost. One that has only read
      # its own file (offset 1) is as old as that file.
      $1 == "slave_repl_offset" { in_step = $2 > 1 }
      END { print host, "running", role, ((role == "master" || in_step) && !loading ? "yes" : "no") }'
  fi
}
