# shellcheck shell=sh disable=SC2154
# Save the server while it runs: deploy/ouvrage backup [FOLDER]
# The new folder FOLDER/<time> holds ouvrage.dump, and in `apart` what goes to another place than the dump: the key of
# the notary, its anchors, the settings. Dumps of more than KEEP_DAYS days (30) are deleted, never the newest.
umask 077
folder=${1:-/var/backups/ouvrage}
saved=$folder/$(date -u +%Y-%m-%dT%H%M%SZ)
mkdir -p "$folder"
mkdir "$saved" "$saved/apart" "$saved/apart/anchors" "$saved/apart/settings"

# Before the dump: an anchor of a later checkpoint would say that the dump was rolled back.
# shellcheck disable=SC2016
as_process notary sh -c '[ ! -e "$OUVRAGE_NOTARY_KEY" ] || cat "$OUVRAGE_NOTARY_KEY"' >"$saved/apart/notary.key"
# shellcheck disable=SC2016
as_process notary sh -c 'mkdir -p "$OUVRAGE_ANCHOR_DIR" && tar -c -C "$OUVRAGE_ANCHOR_DIR" --exclude="./before-*" .' >"$saved/anchors.tar"
tar -x -C "$saved/apart/anchors" -f "$saved/anchors.tar"
rm "$saved/anchors.tar"
if [ "$kind" = plain ]; then
  cp "$settings"/*.env "$saved/apart/settings"
else
  cp .env "$saved/apart/settings"
fi

as_superuser pg_dump --format=custom --dbname=ouvrage >"$saved/ouvrage.dump.part"
as_superuser pg_restore --list <"$saved/ouvrage.dump.part" >/dev/null
mv "$saved/ouvrage.dump.part" "$saved/ouvrage.dump"
manage note_backup

find "$folder" -mindepth 2 -maxdepth 2 -name ouvrage.dump -mtime "+${KEEP_DAYS:-30}" | while read -r old; do
  rm -r "$(dirname "$old")"
done
echo "Saved to $saved: keep its folder \`apart\` in another place."
