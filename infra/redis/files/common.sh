#!/bin/sh
# Sourced by the scripts of a replicated Redis: who this pod is, who the others are, and how to ask them.
set -eu
umask 077

hosts='@hosts@'
# The ordinal is the pod's: otp-redis-2 is the third host.
# shellcheck disable=SC3028 # Kubernetes sets it
me=$(echo "$hosts" | cut -d ' ' -f $((${HOSTNAME##*-} + 1)))
others=$(echo "$hosts" | tr ' ' '\n' | grep -vxF "$me" | tr '\n' ' ')

server=$(command -v redis-server || command -v valkey-server)
client=$(command -v redis-cli || command -v valkey-cli)

# log WORDS: to stderr, since functions answer on stdout.
log() {
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) ${0##*/}: $*" >&2
}

# Seconds that an answer may take.
patience=1

# ask HOST PORT COMMAND…: as ops; fails on an error and when there is no answer in time. Without COMMAND: those on stdin.
ask() {
  ask_host=$1 ask_port=$2
  shift 2
  # A builtin: a hand-over has no time for a process per file. (The file ends without a line's end.)
  read -r ask_secret < @opsPasswordFile@ || :
  answer=$(REDISCLI_AUTH=$ask_secret timeout "$patience" "$client" -e -h "$ask_host" -p "$ask_port" \
    --tls --cacert @caFile@ --user ops --no-auth-warning "$@" 2> /dev/null) || return 1
  echo "$answer"
}

# info HOST SECTION: nothing when there is no answer.
info() {
  ask "$1" @redisPort@ INFO "$2" | tr -d '\r'
}

# field NAME: its value in what INFO prints.
field() {
  sed -n "s/^$1://p"
}
