# shellcheck shell=sh disable=SC2154
# Save, stop, and fetch the code of a version, whose own `finish` does the rest.
version=${1:?deploy/ouvrage upgrade VERSION}
before=$(git describe --tags --always)
git fetch --tags
saved=$(deploy/ouvrage backup | sed -n 's/^Saved to \(.*\): keep .*/\1/p')
[ -n "$saved" ] || exit 1
stop_services
git checkout --quiet "$version" || {
  start_services
  exit 1
}
exec deploy/ouvrage finish "$before" "$saved"
