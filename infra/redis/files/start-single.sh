#!/bin/sh
# Entrypoint of a Redis without replicas: joins rules and password hashes, becomes Redis.
. @configFolder@/common.sh
sh @configFolder@/render-acl.sh users.acl @runFolder@/users.acl
sh @configFolder@/follow-certificate.sh redis &
exec "$server" @configFolder@/redis.conf
