# shellcheck shell=sh disable=SC2154
# Read by deploy/ouvrage: how a server with Compose, and one without containers, does each of their steps.
cd "$here/.." || exit
settings=${OUVRAGE_SETTINGS:-/etc/ouvrage}
if [ -e "$settings/ouvrage.env" ] || [ "$word $#" = "install 3" ]; then
  kind=plain
elif [ -e .env ]; then
  kind=compose
else
  echo "There is neither $settings/ouvrage.env nor .env here: see docs/install.md" >&2
  exit 1
fi
no_terminal=-T
services="ouvrage-web ouvrage-worker ouvrage-beat ouvrage-notary"

# Run a program of PostgreSQL as its superuser; its input and output are files of the host.
as_superuser() {
  if [ "$kind" = plain ]; then
    # From a folder that its user may enter, else it complains.
    (cd / && runuser -u postgres -- "$@")
  else
    program=$1
    shift
    docker compose exec -T postgres "$program" --username postgres "$@"
  fi
}

# Run a command with the settings of a kind of process: as_process runtime|owner|notary COMMAND…
as_process() (
  role=$1
  shift
  if [ "$kind" = plain ]; then
    user=ouvrage
    [ "$role" != notary ] || user=ouvrage-notary
    set -a
    # shellcheck disable=SC1091
    . "$settings/ouvrage.env"
    # shellcheck disable=SC1090
    [ "$role" = runtime ] || . "$settings/$role.env"
    PATH="$PWD/venv/bin:$PATH"
    if [ "$role" = owner ]; then
      "$@" # as root, who writes the static files
    else
      runuser -u $user -- "$@"
    fi
  else
    case $role in
      runtime) service=web ;;
      owner) service=migrate ;;
      notary) service=notary ;;
    esac
    # shellcheck disable=SC2086
    docker compose run --rm --no-deps $no_terminal $service "$@"
  fi
)

# Call a command of manage.py as the process that may.
manage() {
  case $1 in
    migrate | load_catalogue | collectstatic) role=owner ;;
    notary) role=notary ;;
    *) role=runtime ;;
  esac
  as_process $role python manage.py "$@"
}

# Packages and texts of the code that is checked out.
prepare_code() {
  if [ "$kind" = plain ]; then
    venv/bin/pip install --require-hashes --requirement requirements/prod.txt
    venv/bin/python -m config.messages
  else
    docker compose build
  fi
}

migrate_and_check() {
  manage migrate --noinput
  manage load_catalogue
  if [ "$kind" = plain ]; then manage collectstatic --noinput; fi
  manage check_database
}

install_units() {
  if [ "$kind" = plain ]; then
    cp deploy/systemd/ouvrage-* /etc/systemd/system/
    systemctl daemon-reload
  fi
}

show_services() {
  if [ "$kind" = plain ]; then
    # shellcheck disable=SC2086
    systemctl is-active $services || true
  else
    docker compose ps
  fi
}

stop_services() {
  if [ "$kind" = plain ]; then
    # shellcheck disable=SC2086
    systemctl stop $services
  else
    docker compose stop web worker beat notary
  fi
}

start_services() {
  if [ "$kind" = plain ]; then
    # shellcheck disable=SC2086
    systemctl enable --now $services ouvrage-backup.timer
  else
    docker compose up --detach
  fi
}
