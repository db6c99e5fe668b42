#!/bin/sh
# render-redis.sh [MASTER]: redis.conf of this start, a replica's where MASTER is given. Sentinel has Redis rewrite it.
. @configFolder@/common.sh

sh @configFolder@/render-acl.sh users.acl @runFolder@/users.acl
{
  cat @configFolder@/redis.conf @configFolder@/replication.conf
  echo "replica-announce-ip $me"
  echo "masterauth $(cat @replicaPasswordFile@)"
  [ $# -eq 0 ] || echo "replicaof $1 @redisPort@"
} > @redisConf@.new
mv @redisConf@.new @redisConf@
