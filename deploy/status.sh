# shellcheck shell=sh disable=SC2154
# Services, standbys and every part of the state of the system; exit 1 when a part is at fault.
show_services
# Only a superuser is told how far standbys lag.
as_superuser psql --dbname=postgres --command="SELECT application_name, state, sync_state, replay_lag FROM pg_stat_replication"
# shellcheck disable=SC2016
anchor=$(as_process notary sh -c 'ls "$OUVRAGE_ANCHOR_DIR" | sed -n "s/^checkpoint-0*\([0-9]*\)\.json$/\1/p" | tail -n 1')
manage check_addresses || true
manage system_state --anchored "${anchor:-0}"
