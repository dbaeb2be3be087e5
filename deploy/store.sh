# shellcheck shell=bash
# Read by backup.sh and restore.sh: which store the settings mean, and how many rows are in what.

fail() { # MESSAGE [EXIT CODE]
  echo "$PROGRAM: $1" >&2
  exit "${2:-1}"
}

# Sets STORE to sqlite or postgresql, and DATABASE to the file or to a name fit to be shown.
find_store() {
  local url=${ZHUCHUANG_DATABASE_URL:-} file=${ZHUCHUANG_DATABASE_URL_FILE:-}
  if [[ -n $file ]]; then
    [[ -z $url ]] || fail "set ZHUCHUANG_DATABASE_URL or ZHUCHUANG_DATABASE_URL_FILE, not both" 2
    [[ -r $file ]] || fail "ZHUCHUANG_DATABASE_URL_FILE: cannot read $file" 2
    url=$(<"$file")
  fi
  case $url in
    "")
      STORE=sqlite
      DATABASE=${ZHUCHUANG_DATA:-${STATE_DIRECTORY:-${XDG_STATE_HOME:-${HOME:-}/.local/state}/zhuchuang}}/zhuchuang.db
      ;;
    sqlite:///?* | sqlite+*:///?*)
      STORE=sqlite
      DATABASE=${url#*:///}
      DATABASE=${DATABASE%%\?*}
      ;;
    postgres://* | postgresql://* | postgresql+*://*)
      STORE=postgresql
      connect_by "$url"
      ;;
    *) fail "ZHUCHUANG_DATABASE_URL is neither postgresql://user:password@host/database nor sqlite:////path/of/the/file" 2 ;;
  esac
  if [[ $STORE = sqlite ]]; then need python3; else need psql pg_dump pg_restore; fi
}

need() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [[ ${#missing[@]} -eq 0 ]] || fail "missing: ${missing[*]} (apt install python3 for SQLite, postgresql-client for PostgreSQL)" 2
}

# Hands an address to the PostgreSQL tools by the environment: on a command line everybody on the machine could read the password.
connect_by() {
  local name='[^:@/?#]*' rest part query
  [[ $1 =~ ^postgres(ql)?(\+[a-z0-9]+)?://((${name})(:([^@/]*))?@)?(\[[^]]*\]|${name})(:([0-9]+))?/([^?]+)(\?(.*))?$ ]] ||
    fail "ZHUCHUANG_DATABASE_URL is not of the form postgresql://user:password@host:port/database" 2
  rest=("${BASH_REMATCH[@]}")
  set_unless_empty PGUSER "$(decoded "${rest[4]}")"
  set_unless_empty PGPASSWORD "$(decoded "${rest[6]}")"
  set_unless_empty PGHOST "$(decoded "${rest[7]//[\[\]]/}")"
  set_unless_empty PGPORT "${rest[9]}"
  set_unless_empty PGDATABASE "$(decoded "${rest[10]}")"
  IFS='&' read -ra query <<<"${rest[12]}"
  for part in "${query[@]}"; do
    case $part in
      host=*) set_unless_empty PGHOST "$(decoded "${part#*=}")" ;;
      port=*) set_unless_empty PGPORT "${part#*=}" ;;
      ssl=true) set_unless_empty PGSSLMODE require ;;
      ssl=* | sslmode=*) set_unless_empty PGSSLMODE "${part#*=}" ;;
      *) fail "ZHUCHUANG_DATABASE_URL: ${part%%=*} after the ? is not understood here; host, port, ssl and sslmode are" 2 ;;
    esac
  done
  export PGCONNECT_TIMEOUT=10 PGAPPNAME=$PROGRAM PGCLIENTENCODING=UTF8
  # shellcheck disable=SC2153  # it was set by name, above
  DATABASE="the database $PGDATABASE${PGHOST:+ on $PGHOST}"
}

set_unless_empty() { # NAME VALUE
  [[ -z $2 ]] || export "$1=$2"
}

decoded() { # %41 becomes A
  local text=${1//\\/\\\\}
  printf '%b' "${text//%/\\x}"
}

query() { # SQL
  psql --no-psqlrc --quiet --no-align --tuples-only --field-separator=' ' --set=ON_ERROR_STOP=1 --command="$1"
}

# What follows prints a line a table, its name and its number of rows, in the order of the names.

rows_of_sqlite() { # FILE [MODE]; fails if the file is damaged
  python3 - "$1" "${2:-mode=rw}" <<'PYTHON'
import sqlite3, sys
from pathlib import Path

database = sqlite3.connect(f"{Path(sys.argv[1]).absolute().as_uri()}?{sys.argv[2]}", uri=True, timeout=30)
try:
    found = [line for (line,) in database.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        sys.exit(f"{sys.argv[1]} is damaged: {found[0]}")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name").fetchall():
        print(name, *database.execute(f'SELECT count(*) FROM "{name}"').fetchone())
except sqlite3.DatabaseError as error:
    sys.exit(f"{sys.argv[1]} cannot be read: {error}")
PYTHON
}

rows_of_dump() { # FILE; reads all of it, so a damaged one fails
  pg_restore --data-only --file=- "$1" |
    awk '/^COPY / { table = $2; sub(/^[^.]*\./, "", table); gsub(/"/, "", table); rows[table] += 0; inside = 1; next }
         /^\\\.$/ { inside = 0 }
         inside   { rows[table]++ }
         END      { for (table in rows) print table, rows[table] }' |
    LC_ALL=C sort
}

rows_of_postgresql() {
  psql --no-psqlrc --quiet --no-align --tuples-only --field-separator=' ' --set=ON_ERROR_STOP=1 <<'SQL' | LC_ALL=C sort
SELECT format('SELECT %L, count(*) FROM public.%I', tablename, tablename) FROM pg_tables WHERE schemaname = 'public' \gexec
SQL
}
