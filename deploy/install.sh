# shellcheck shell=sh disable=SC2154
# Settings with new secrets, roles, database, tables, key of the notary, services; what is there already stays.
if [ "$kind" = plain ]; then
  version=$(as_superuser psql --tuples-only --no-align --dbname=postgres --command="SHOW server_version_num")
  [ "$version" -ge 180000 ] || {
    echo "Ouvrage needs PostgreSQL 18 or newer" >&2
    exit 1
  }
  venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 13))' || {
    echo "Ouvrage needs Python 3.13 or newer in venv" >&2
    exit 1
  }
  if [ $# -gt 0 ]; then deploy/settings.sh "$@"; fi
  if [ -z "$(as_superuser psql -At --dbname=postgres --command="SELECT 1 FROM pg_roles WHERE rolname = 'ouvrage_owner'")" ]; then
    (
      set -a
      # shellcheck disable=SC1091
      . "$settings/roles.env"
      as_superuser "$PWD/deploy/roles.sh"
    )
  fi
fi
prepare_code
if [ "$kind" = compose ]; then start_services; fi
migrate_and_check
manage notary init
install_units
start_services
manage check_addresses || echo "Look at these addresses again once mail and TLS are there: deploy/ouvrage status" >&2
echo "The line of 64 characters above is the public key of the notary: write it down in another place."
