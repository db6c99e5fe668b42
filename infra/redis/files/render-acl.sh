#!/bin/sh
# render-acl.sh RULES TARGET: joins the rules (ConfigMap) with the password hashes (Secret).
set -eu
umask 077
rules=$1 target=$2
shift 2
for file in @aclFolder@/*; do
  # During a rotation a user has two hashes, on two words.
  set -- "$@" -e "s/@hash:${file##*/}@/$(cat "$file")/"
done
sed "$@" "@configFolder@/$rules" > "$target.new"
mv "$target.new" "$target"
