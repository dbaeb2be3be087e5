#!/usr/bin/env bash
set -euo pipefail
umask 077
PROGRAM=zhuchuang-restore
HERE=$(dirname "$(readlink -f "$0")")
# shellcheck source=store.sh
. "$HERE/store.sh"

help() {
  cat <<'TEXT'
Usage: zhuchuang-restore FILE [--force] [--check]

Puts a backup back into the store that the settings name: a .db file into SQLite, a .dump file into PostgreSQL. The backup is verified
first, the store afterwards. All or nothing: if it fails the store is as before.

  --force   overwrite a store that holds something; what it held is written beside FILE first, as before-restore-…
  --check   only verify FILE and tell what is in it
  --help    this text

It refuses while a process uses the store: stop the service first. Keys are not in a backup: secret.key, ZHUCHUANG_SECRET_KEY and
ZHUCHUANG_ENCRYPTION_KEYS have to be those of the day it was made. Whoever had their data deleted since then is in it again: delete them again.

Example: zhuchuang-restore /var/backups/zhuchuang/zhuchuang-20261129T021500Z.db --force
Exit codes: 0 restored; 1 it failed, the store is as before; 2 called or configured wrongly; 3 refused, because the store is in use or not empty.
TEXT
}

BACKUP="" FORCE="" CHECK=""
for argument in "$@"; do
  case $argument in
    --help | -h) help && exit 0 ;;
    --force) FORCE=yes ;;
    --check) CHECK=yes ;;
    -*) fail "unknown option $argument; see --help" 2 ;;
    *) [[ -z $BACKUP ]] || fail "one file at a time; see --help" 2 && BACKUP=$argument ;;
  esac
done
[[ -n $BACKUP ]] || fail "which backup? see --help" 2
[[ -f $BACKUP && -r $BACKUP ]] || fail "cannot read $BACKUP" 2
find_store
case $STORE-$BACKUP in
  sqlite-*.db | postgresql-*.dump) ;;
  sqlite-*) fail "the settings name an SQLite store, whose backups end in .db; $BACKUP does not" 2 ;;
  *) fail "the settings name a PostgreSQL store, whose backups end in .dump; $BACKUP does not" 2 ;;
esac

# The backup first: a damaged one must not cost what is there.
if [[ -f $BACKUP.manifest ]]; then
  [[ $(sed -n 's/^sha256 //p' "$BACKUP.manifest") = "$(sha256sum "$BACKUP" | cut -d' ' -f1)" ]] ||
    fail "$BACKUP is not what was written: its checksum differs from $BACKUP.manifest. Take another backup."
else
  echo "$PROGRAM: there is no $BACKUP.manifest, so only the file itself can be verified" >&2
fi
copy="" script=""
trap 'rm -f ${copy:+"$copy"} ${script:+"$script"}' EXIT
if [[ $STORE = sqlite ]]; then
  rows=$(rows_of_sqlite "$BACKUP" immutable=1) || fail "$BACKUP cannot be used"
else
  rows=$(rows_of_dump "$BACKUP") || fail "$BACKUP cannot be used"
fi
[[ $rows =~ (^|$'\n')"alembic_version "[1-9] && $rows =~ (^|$'\n')"processes " ]] ||
  fail "$BACKUP holds no store of Zhuchuang: the tables alembic_version and processes are missing or empty"
if [[ -f $BACKUP.manifest ]]; then
  [[ $(sed -n 's/^rows //p' "$BACKUP.manifest") = "$rows" ]] || fail "$BACKUP holds other rows than $BACKUP.manifest says"
fi
echo "$PROGRAM: $BACKUP is sound; rows: $(paste -sd, <<<"$rows" | sed 's/,/, /g')"
[[ -z $CHECK ]] || exit 0

# A row of these says nothing about anybody: they are there from the first start on.
holds_something() { grep -vE '^(alembic_version|processes) ' | grep -q ' [1-9]'; }

keep_what_is_there() {
  local kept
  kept="$(dirname "$BACKUP")/before-restore-$(date --utc +%Y%m%dT%H%M%SZ).${BACKUP##*.}"
  if [[ $STORE = sqlite ]]; then cp "$DATABASE" "$kept"; else pg_dump --format=custom --no-owner --no-privileges --file="$kept"; fi ||
    fail "could not write $kept, so nothing was overwritten"
  echo "$PROGRAM: what the store held is in $kept; delete it when it is not needed any more"
}

# Those that served when the backup was made are gone; a reload would wait for them.
forget_processes() { # FILE
  python3 -c 'import sqlite3, sys; store = sqlite3.connect(sys.argv[1]); store.execute("DELETE FROM processes"); store.commit(); store.close()' "$1" ||
    fail "could not empty the table processes of $1; the store is as before"
}

refuse_to_overwrite() {
  fail "$DATABASE holds something already. With --force it is overwritten; what it holds is kept beside the backup." 3
}

if [[ $STORE = sqlite ]]; then
  folder=$(dirname "$DATABASE")
  [[ -d $folder ]] || fail "there is no folder $folder. Is ZHUCHUANG_DATA right?" 2
  if [[ -e $DATABASE ]]; then
    # Leaving WAL takes the whole file for itself, so it fails as long as anybody else has it open, in this container or another.
    python3 - "$DATABASE" <<'PYTHON' || fail "$DATABASE is in use or cannot be opened. Stop the service (systemctl stop zhuchuang) and try again." 3
import sqlite3, sys

store = sqlite3.connect(sys.argv[1], timeout=2)
try:
    mode = store.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    store.execute("BEGIN EXCLUSIVE")
except sqlite3.DatabaseError as error:
    sys.exit("" if "locked" in str(error) else f"{sys.argv[1]}: {error}")
sys.exit(mode != "delete")
PYTHON
    if there=$(rows_of_sqlite "$DATABASE") && ! holds_something <<<"$there"; then
      :
    elif [[ -z $FORCE ]]; then
      refuse_to_overwrite
    else
      keep_what_is_there
    fi
  fi
  copy=$folder/.zhuchuang.db.restoring
  cp "$BACKUP" "$copy"
  [[ $(rows_of_sqlite "$copy" immutable=1) = "$rows" ]] || fail "the copy in $folder is not right; the store is as before. Is the disk full?"
  forget_processes "$copy"
  [[ $(id -u) -ne 0 ]] || chown --reference="$folder" "$copy"
  sync "$copy"
  mv "$copy" "$DATABASE"
  rm -f "$DATABASE-wal" "$DATABASE-shm" "$DATABASE-journal"
else
  others=$(query "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'") ||
    fail "cannot reach $DATABASE" 1
  [[ $others = 0 ]] || fail "$DATABASE is in use by $others connections. Stop every worker and try again." 3
  if rows_of_postgresql | holds_something; then
    [[ -n $FORCE ]] || refuse_to_overwrite
    keep_what_is_there
  fi
  # Everything that is there goes, tables of a newer version too; all in one transaction, and only once the whole dump has been read.
  script=$(mktemp)
  {
    cat <<'SQL'
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', one.tablename);
  END LOOP;
  FOR one IN SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' LOOP
    EXECUTE format('DROP TYPE public.%I CASCADE', one.typname);
  END LOOP;
END $$;
SQL
    pg_restore --no-owner --no-privileges --file=- "$BACKUP"
  } >"$script" || fail "$BACKUP could not be read"
  psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --single-transaction --file="$script" ||
    fail "PostgreSQL refused it; the store is as before"
  [[ $(rows_of_postgresql) = "$rows" ]] || fail "after restoring the rows differ from the backup's; do not start the service, look into $DATABASE"
  query "DELETE FROM processes" || fail "could not empty the table processes of $DATABASE"
fi
echo "$PROGRAM: restored into $DATABASE, rows verified. Start the service, then delete again whoever had asked for it since the backup."
