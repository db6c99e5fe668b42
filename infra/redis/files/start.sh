#!/bin/sh
# Joins the rules (ConfigMap) with the password hashes (Secret), then becomes Redis.
set -eu
umask 077
for file in @aclFolder@/*; do
  set -- "$@" -e "s/@hash:${file##*/}@/$(cat "$file")/"
done
sed "$@" @configFolder@/users.acl > @runFolder@/users.acl
exec redis-server @configFolder@/redis.conf
