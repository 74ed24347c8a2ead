#!/usr/bin/env bash
# Puts a backup of backup.sh back: restore.sh FOLDER HOME [DATABASE]
# HOME must not exist or be empty, and DATABASE must be an empty one: what is there now is moved aside, never mixed.
set -euo pipefail
umask 077
folder=$1 home=$2 database=${3:-}

(cd "$folder" && sha256sum --quiet --check SHA256SUMS)
mkdir -p "$home"
if [ -n "$(ls -A "$home")" ]; then
    echo "'$home' is not empty: move it aside first." >&2
    exit 2
fi
tar --extract --file="$folder/home.tar" --directory="$home" --preserve-permissions --no-same-owner
[ -z "$database" ] || pg_restore --exit-on-error --single-transaction --no-owner --dbname="$database" "$folder/ledger.dump"
sync -f "$home"
