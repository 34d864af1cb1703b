#!/bin/sh
# Write the settings of a server without containers, with new secrets: deploy/settings.sh HOST MAIL_URL MAIL_FROM
# One file for each kind of process, so that each gets no other's password: ouvrage (serves), owner (migrates), notary.
set -eu
folder=${OUVRAGE_SETTINGS:-/etc/ouvrage}
if [ $# -ne 3 ]; then
  echo "deploy/settings.sh HOST MAIL_URL MAIL_FROM" >&2
  exit 2
fi
if [ -e "$folder/ouvrage.env" ]; then
  echo "$folder/ouvrage.env is there already: it holds secrets that the data needs" >&2
  exit 1
fi
umask 077
mkdir -p "$folder"
owner=$(openssl rand -hex 32) app=$(openssl rand -hex 32) notary=$(openssl rand -hex 32)

cat >"$folder/roles.env" <<EOF
OWNER_PASSWORD='$owner'
APP_PASSWORD='$app'
NOTARY_PASSWORD='$notary'
EOF
cat >"$folder/ouvrage.env" <<EOF
OUVRAGE_ENV='production'
OUVRAGE_DB_ROLE='runtime'
SECRET_KEY='$(openssl rand -hex 32)'
DATABASE_URL='postgresql://ouvrage_app:$app@127.0.0.1:5432/ouvrage'
REDIS_URL='redis://127.0.0.1:6379/0'
BASE_URL='https://$1'
ALLOWED_HOSTS='$1,127.0.0.1'
BEHIND_PROXY='1'
BIND='127.0.0.1:8000'
MAIL_URL='$2'
MAIL_FROM='$3'
EOF
# Read after ouvrage.env: what stands here counts.
cat >"$folder/owner.env" <<EOF
OUVRAGE_DB_ROLE='owner'
DATABASE_OWNER_URL='postgresql://ouvrage_owner:$owner@127.0.0.1:5432/ouvrage'
EOF
cat >"$folder/notary.env" <<EOF
OUVRAGE_DB_ROLE='notary'
DATABASE_NOTARY_URL='postgresql://ouvrage_notary:$notary@127.0.0.1:5432/ouvrage'
OUVRAGE_NOTARY_KEY='/var/lib/ouvrage-notary/notary.key'
OUVRAGE_ANCHOR_DIR='/var/lib/ouvrage-anchors'
EOF
echo "The settings are in $folder. Keep a copy of them in another place, apart from the dumps."
