# shellcheck shell=sh disable=SC2154
# The second half of `upgrade`, in the code of the new version: finish BEFORE SAVED. It says the way back if it fails.
trap '[ $? = 0 ] || echo "The services are stopped. The way back: git checkout $1 && deploy/ouvrage restore $2" >&2' EXIT
prepare_code
migrate_and_check
manage ledger_verify
install_units
start_services
echo "Upgraded. What was before is in $2."
