#!/bin/sh
# Makes the secrets of compose.yaml that are missing, in deploy/compose/secrets. They never leave this machine.
set -eu
umask 077
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
cd "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

[ -s database-password ] || random >database-password
[ -s grafana-password ] || random >grafana-password
[ -s redis.conf ] || printf 'requirepass %s\ndir /data\nmaxmemory 192mb\nmaxmemory-policy noeviction\n' "$(random)" >redis.conf
[ -s database-url ] ||
  printf 'postgres://plinth:%s@postgres:5432/plinth' "$(cat database-password)" >database-url
# Compose mounts these files as they are: each container's user has to be able to read its own.
chmod 0444 database-password grafana-password redis.conf database-url
