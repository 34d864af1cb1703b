#!/bin/sh
# Restore the server from a folder of deploy/backup.sh or of `make start-save`: deploy/restore.sh FOLDER [ANCHORS]
# What the database holds is replaced. Key and anchors come from FOLDER/apart, where it is; those of now are kept beside.
# The services start again only when the database is as it must be and the ledger is intact, by the anchors of the
# folder ANCHORS, which somebody kept elsewhere, or else of FOLDER/apart.
set -eu
from=$(cd "${1:?deploy/restore.sh FOLDER [ANCHORS]}" && pwd)
anchors=${2:-$from/apart/anchors}
[ ! -d "$anchors" ] || anchors=$(cd "$anchors" && pwd)
# shellcheck source=deploy/server.sh
. "$(dirname "$0")/server.sh"
[ -s "$from/ouvrage.dump" ] || {
  echo "$from holds no ouvrage.dump" >&2
  exit 1
}
as_superuser pg_restore --list <"$from/ouvrage.dump" >/dev/null

stop_services
trap '[ $? = 0 ] || echo "The services stay stopped: read what stands above, and docs/operate.md." >&2' EXIT
as_superuser pg_restore --clean --if-exists --create --exit-on-error --dbname=postgres <"$from/ouvrage.dump"

at=$(date -u +%Y-%m-%dT%H%M%SZ)
if [ -s "$from/apart/notary.key" ]; then
  # shellcheck disable=SC2016
  as_process notary sh -c 'umask 077
    if [ -e "$OUVRAGE_NOTARY_KEY" ]; then mv "$OUVRAGE_NOTARY_KEY" "$OUVRAGE_NOTARY_KEY.before-$0"; fi
    cat >"$OUVRAGE_NOTARY_KEY"' "$at" <"$from/apart/notary.key"
  # The notary refuses to go on beside anchors that the database does not know. The folder may be a mount: it stays.
  # shellcheck disable=SC2016
  tar -c -C "$from/apart/anchors" . | as_process notary sh -c 'umask 077
    mkdir -p "$OUVRAGE_ANCHOR_DIR/before-$0"
    find "$OUVRAGE_ANCHOR_DIR" -maxdepth 1 -name "checkpoint-*.json" -exec mv {} "$OUVRAGE_ANCHOR_DIR/before-$0/" \;
    tar -x -C "$OUVRAGE_ANCHOR_DIR"' "$at"
fi

manage migrate --noinput
manage load_catalogue
manage check_database
if [ $# -gt 1 ] || [ -n "$(find "$from" -path "*/apart/anchors/checkpoint-*.json")" ]; then
  # shellcheck disable=SC2016
  tar -c -C "$anchors" . | as_process runtime sh -c 'anchors=$(mktemp -d) && tar -x -C "$anchors" && {
    python manage.py ledger_verify --anchor "$anchors"
    result=$?
    rm -r "$anchors"
    exit $result
  }'
else
  manage ledger_verify
fi
start_services
echo "Restored from $from. Acts after that dump are lost: receipts, and anchors of later checkpoints, tell which."
