#!/bin/sh
# Run once by the postgres image, on an empty volume: the owner role (migrates), the runtime role (serves), the notary
# (signs checkpoints of the ledger), the database.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv notary_password NOTARY_PASSWORD
CREATE ROLE ouvrage_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ouvrage_app LOGIN PASSWORD :'app_password';
CREATE ROLE ouvrage_notary LOGIN PASSWORD :'notary_password';
GRANT ouvrage_app TO ouvrage_owner;
CREATE DATABASE ouvrage OWNER ouvrage_owner;
SQL
