#!/bin/sh
# reload.sh acl|passwords|certificate: has this pod's Redis and Sentinel take up what the Secrets hold now.
. @configFolder@/common.sh
patience=10

case $1 in
  acl)
    sh @configFolder@/render-acl.sh users.acl @runFolder@/users.acl
    sh @configFolder@/render-acl.sh sentinel-users.acl @runFolder@/sentinel-users.acl
    ask @localHost@ @redisPort@ ACL LOAD
    ask @localHost@ @sentinelPort@ ACL LOAD
    ;;
  passwords)
    # By standard input: arguments are there for all to see.
    echo "CONFIG SET masterauth $(cat @replicaPasswordFile@)" | ask @localHost@ @redisPort@
    printf 'SENTINEL SET @masterName@ auth-pass %s\nSENTINEL CONFIG SET sentinel-pass %s\n' \
      "$(cat @sentinelPasswordFile@)" "$(cat @sentinelPasswordFile@)" | ask @localHost@ @sentinelPort@
    # The exporter reads its file again when it is told to.
    if command -v bash > /dev/null; then
      bash -c 'exec 3<> /dev/tcp/127.0.0.1/@exporterPort@
        printf "POST /-/reload HTTP/1.0\r\n\r\n" >&3; head -n 1 <&3'
    else
      wget -q -O - --post-data '' http://127.0.0.1:@exporterPort@/-/reload
    fi || log 'the exporter keeps its old password until it starts anew'
    ;;
  certificate)
    # Setting a path again reads the file again. Sentinel cannot: it starts anew.
    ask @localHost@ @redisPort@ CONFIG SET tls-cert-file @certificateFile@ tls-key-file @keyFile@ \
      tls-ca-cert-file @caFile@
    ask @localHost@ @sentinelPort@ SHUTDOWN || :
    ;;
esac
