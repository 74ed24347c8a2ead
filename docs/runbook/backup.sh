#!/usr/bin/env bash
# Copies a data home: backup.sh HOME FOLDER [DATABASE]
# Makes FOLDER/home.tar, with DATABASE (the ledger in PostgreSQL; found by the PG* variables) also FOLDER/ledger.dump.
# Holds the locks of the home meanwhile, so nothing is received, published or recorded between the first byte and the
# last. The key is not in it: it must lie elsewhere.
set -euo pipefail
umask 077
home=$1 folder=$2 database=${3:-} wait=${WAIT_SECONDS:-60}

if [ "${LOCKED:-}" != yes ]; then
    mkdir -p "$folder"
    export LOCKED=yes
    [ ! -d "$home/audit" ] || set -- flock --timeout "$wait" "$home/audit/.lock" "$0" "$@"
    [ -d "$home/audit" ] || set -- "$0" "$@"
    exec flock --timeout "$wait" "$home/.lock" "$@"
fi

[ -z "$database" ] || pg_dump --format=custom --file="$folder/ledger.dump.part" "$database"
tar --create --file="$folder/home.tar.part" --directory="$home" --exclude=./.scratch --exclude=./.lock .
[ -z "$database" ] || mv "$folder/ledger.dump.part" "$folder/ledger.dump"
mv "$folder/home.tar.part" "$folder/home.tar"
(cd "$folder" && sha256sum -- home.tar $([ -z "$database" ] || echo ledger.dump) >SHA256SUMS)
sync -f "$folder"
