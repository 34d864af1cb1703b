#!/bin/sh
# Call a command of manage.py on the server, with the settings it needs: deploy/manage.sh check_database
set -eu
# shellcheck source=deploy/server.sh
. "$(dirname "$0")/server.sh"
if [ -t 0 ] && [ -t 1 ]; then no_terminal=; fi
manage "$@"
