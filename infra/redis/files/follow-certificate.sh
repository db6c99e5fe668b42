#!/bin/sh
# follow-certificate.sh redis|sentinel: beside one of them for as long as it runs: has it take up what Secret otp-redis-tls
# holds now, whoever has renewed it (cert-manager does so every 60 days and tells nobody).
. @configFolder@/common.sh
patience=10
pause=5
# Sentinel has to start anew, which the others must not do at the same time. Three minutes: a rotation by command does it
# pod by pod before that, and then there is nothing left to do here.
turn=180

sum() {
  cat @certificateFile@ @keyFile@ @caFile@ 2> /dev/null | cksum
}

take_up() {
  case $1 in
    # Refused while the files do not fit together: again at the next look.
    redis)
      ask @localHost@ @redisPort@ CONFIG SET tls-cert-file @certificateFile@ tls-key-file @keyFile@ \
        tls-ca-cert-file @caFile@ > /dev/null
      ;;
    sentinel)
      # shellcheck disable=SC3028 # Kubernetes sets it
      sleep $((turn * (${HOSTNAME##*-} + 1)))
      log 'starts anew for a renewed certificate'
      ask @localHost@ @sentinelPort@ SHUTDOWN || :
      ;;
  esac
}

used=$(sum)
# The parent is Redis or Sentinel: this shell's own has become it.
while sleep "$pause" && kill -0 "$PPID" 2> /dev/null; do
  now=$(sum)
  [ "$now" != "$used" ] || continue
  take_up "$1" || continue
  used=$now
  log "has taken up a renewed certificate"
done
