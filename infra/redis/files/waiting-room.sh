#!/bin/sh
# Sourced after common.sh: tells the other pods what this one has while its Redis does not run.

room=
has_data() {
  [ -d @dataFolder@/appendonlydir ] && echo yes || echo no
}

open_waiting_room() {
  [ -z "$room" ] || return 0
  touch @runFolder@/waiting
  sh @configFolder@/render-acl.sh waiting.acl @runFolder@/waiting.acl
  "$server" @configFolder@/waiting.conf > /dev/null &
  room=$!
}

# The master and its epoch are those that this pod's sentinel wrote down last; "-" where it never did.
tell_the_others() {
  known=$(awk '
    $1 == "sentinel" && $2 == "monitor" && $3 == "@masterName@" { master = $4 }
    $1 == "sentinel" && $2 == "config-epoch" && $3 == "@masterName@" { epoch = $4 }
    END { print epoch + 0, "master", (master == "" ? "-" : master) }
  ' @sentinelConf@ 2> /dev/null || echo '0 master -')
  # shellcheck disable=SC2086 # words
  ask @localHost@ @waitingPort@ HSET otp:boot data "$(has_data)" epoch $known > /dev/null || :
}

close_waiting_room() {
  if [ -n "$room" ]; then
    kill "$room"
    wait "$room" || :
    room=
  fi
  rm -f @runFolder@/waiting
}
