#!/bin/sh
# Entrypoint of Redis: finds out which role this pod has (decide.awk), waits while it has none, becomes Redis.
. @configFolder@/common.sh
. @configFolder@/look.sh
. @configFolder@/waiting-room.sh

trap 'close_waiting_room; exit 0' TERM INT
rm -f @runFolder@/waiting

# This pod was the master and its process is gone for certain: the others need not wait until they have missed it for as
# long as Sentinel takes to hold it for down. One sentinel alone: two that begin at once outbid each other.
call_for_failover() {
  for host in $others; do
    ask "$host" @sentinelPort@ SENTINEL FAILOVER @masterName@ > /dev/null || continue
    log "asked the sentinel of $host for the failover"
    return 0
  done
  return 1
}
call_at=0

said=
looks=0
until [ -e @promoteRedisMark@ ]; do
  leader=$(named_by_majority)
  seen=
  case $leader in '' | "$me") seen=$(look_around) ;; esac
  decision=$(echo "$seen" | awk -v me="$me" -v data="$(has_data)" -v leader="$leader" -v hosts="$hosts" \
    -f @configFolder@/decide.awk)
  [ "$decision" = "$said" ] || log "$decision"
  said=$decision
  case $decision in wait*) ;; *) break ;; esac
  # Refused while the sentinels know too little of the replicas. Again after half a minute, should it come to nothing.
  case $decision in 'wait for the failover'*)
    if [ "$looks" -ge "$call_at" ] && call_for_failover; then call_at=$((looks + 20)); fi
    ;;
  esac
  open_waiting_room
  tell_the_others
  looks=$((looks + 1))
  # An outage may take long and its pods share a node with others.
  if [ "$looks" -lt 10 ]; then sleep 0.3; else sleep 2; fi
done
[ ! -e @promoteRedisMark@ ] || decision=master
close_waiting_room
rm -f @promoteRedisMark@

case $decision in
  replica*)
    sh @configFolder@/render-redis.sh "${decision#replica }"
    if [ "$(has_data)" = no ]; then
      echo 'replica-priority 0' >> @redisConf@
      sh @configFolder@/become-eligible.sh &
    fi
    ;;
  *) sh @configFolder@/render-redis.sh ;;
esac
sh @configFolder@/follow-certificate.sh redis &
exec "$server" @redisConf@
