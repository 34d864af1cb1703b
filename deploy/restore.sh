# shellcheck shell=sh disable=SC2154
# Restore the server from a folder of `backup` or of `make start-save`: deploy/ouvrage restore FOLDER [ANCHORS]
# What the database holds is replaced. Key and anchors come from FOLDER/apart, where it is; those of now are kept beside.
# The services start again only when the database is as it must be and the ledger is intact, by the anchors of the
# folder ANCHORS, which somebody kept elsewhere, or else of FOLDER/apart.
from=$(cd "$called_from" && cd "${1:?deploy/ouvrage restore FOLDER [ANCHORS]}" && pwd)
anchors=$from/apart/anchors
[ $# -lt 2 ] || anchors=$(cd "$called_from" && cd "$2" && pwd)
[ -s "$from/ouvrage.dump" ] || {
  echo "$from holds no ouvrage.dump" >&2
  exit 1
}
as_superuser pg_restore --list <"$from/ouvrage.dump" >/dev/null

stop_services
trap '[ $? = 0 ] || echo "The services stay stopped: read what stands above, and docs/operate.md." >&2' EXIT
as_superuser pg_restore --clean --if-exists --create --exit-on-error --section=pre-data --section=data \
  --dbname=postgres <"$from/ouvrage.dump"
# This server may give the numbers of transactions again that the dump holds, and a guard would take an old event for
# one of now: they leave the numbers that a server gives, before the triggers are there.
as_superuser psql --quiet --set=ON_ERROR_STOP=1 --dbname=ouvrage <<'SQL'
DO $$
DECLARE
  place regclass;
BEGIN
  FOR place IN SELECT attrelid FROM pg_attribute WHERE attname = 'xact'
               AND attrelid IN (to_regclass('projects_ledgerevent'), to_regclass('projects_rowseal')) LOOP
    EXECUTE format('UPDATE %s SET xact = xact - (1::bigint << 40)', place);
  END LOOP;
END $$;
SQL
as_superuser pg_restore --exit-on-error --section=post-data --dbname=ouvrage <"$from/ouvrage.dump"

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

prepare_code
migrate_and_check
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
