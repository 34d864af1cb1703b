#!/bin/sh
# Create the owner role (migrates), the runtime role (serves), the notary (signs checkpoints of the ledger) and the
# database, once. The postgres image runs it on an empty volume; docs/install.md says how elsewhere, as the superuser.
# The database has an encoding and a locale of its own: those of the cluster do not matter.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv notary_password NOTARY_PASSWORD
CREATE ROLE ouvrage_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ouvrage_app LOGIN PASSWORD :'app_password';
CREATE ROLE ouvrage_notary LOGIN PASSWORD :'notary_password';
GRANT ouvrage_app TO ouvrage_owner;
CREATE DATABASE ouvrage OWNER ouvrage_owner TEMPLATE template0
  ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
SQL
