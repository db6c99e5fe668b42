#!/bin/sh
# A sentinel of compose.yaml. Sentinel rewrites its file: it is made anew with every start.
set -eu
cat > /tmp/sentinel.conf <<EOF
port 26379
dir /tmp
protected-mode no
sentinel monitor otp 172.31.77.11 6379 2
sentinel down-after-milliseconds otp 5000
sentinel failover-timeout otp 30000
sentinel parallel-syncs otp 1
EOF
exec redis-sentinel /tmp/sentinel.conf
