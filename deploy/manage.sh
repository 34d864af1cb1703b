# shellcheck shell=sh disable=SC2034
# Call a command of manage.py on the server, with the settings it needs: deploy/ouvrage manage check_database
if [ -t 0 ] && [ -t 1 ]; then no_terminal=; fi
manage "$@"
