#!/bin/sh
# A sentinel of compose.yaml: by name, because addresses change with every start.
set -eu
cat > /tmp/sentinel.conf <<EOF
port 26379
dir /tmp
protected-mode no
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname)
sentinel monitor otp redis-1 6379 2
sentinel down-after-milliseconds otp 5000
sentinel failover-timeout otp 30000
sentinel parallel-syncs otp 1
EOF
exec redis-sentinel /tmp/sentinel.conf
