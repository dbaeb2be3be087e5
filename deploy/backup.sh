#!/usr/bin/env bash
set -euo pipefail
umask 077
PROGRAM=zhuchuang-backup
# shellcheck source=store.sh
. "$(dirname "$(readlink -f "$0")")/store.sh"

help() {
  cat <<'TEXT'
Usage: zhuchuang-backup [--to FOLDER] [--keep N]

Writes one backup of the store while the program goes on serving, reads it back to verify it, and deletes all but the newest N.
Which store: ZHUCHUANG_DATABASE_URL (or _FILE), else zhuchuang.db in ZHUCHUANG_DATA, as for the program itself.

  --to FOLDER   where the backup goes (default: /var/backups/zhuchuang)
  --keep N      how many stay (default: 14); 0 keeps all
  --help        this text

A backup holds personal data: only its owner can read it. It is not encrypted; before it leaves the machine, encrypt it with age or gpg.
Keys are not in it: keep secret.key, ZHUCHUANG_SECRET_KEY and ZHUCHUANG_ENCRYPTION_KEYS somewhere else.

Example: zhuchuang-backup --to /mnt/backups --keep 30
Exit codes: 0 written and verified; 1 it failed, older backups stay; 2 called or configured wrongly.
TEXT
}

FOLDER=/var/backups/zhuchuang
KEEP=14
while [[ $# -gt 0 ]]; do
  case $1 in
    --help | -h) help && exit 0 ;;
    --to | --keep)
      [[ $# -gt 1 ]] || fail "$1 needs a value; see --help" 2
      if [[ $1 = --to ]]; then FOLDER=$2; else KEEP=$2; fi
      shift 2
      ;;
    *) fail "unknown argument $1; see --help" 2 ;;
  esac
done
[[ $KEEP =~ ^[0-9]+$ ]] || fail "--keep takes a number, not $KEEP" 2
find_store
[[ -d $FOLDER ]] || (umask 077 && mkdir -p "$FOLDER") || fail "cannot make the folder $FOLDER" 2
[[ -w $FOLDER ]] || fail "cannot write into $FOLDER; it belongs to $(stat -c %U "$FOLDER")" 2

name=zhuchuang-$(date --utc +%Y%m%dT%H%M%SZ)
partial=$FOLDER/.$name.$$.partial
trap 'rm -f "$partial" "$partial-journal"' EXIT

if [[ $STORE = sqlite ]]; then
  [[ -f $DATABASE ]] || fail "there is no store yet: $DATABASE does not exist. Is ZHUCHUANG_DATA right?" 2
  backup=$FOLDER/$name.db
  # Rows are counted in the same read transaction that is copied, so the counts must agree to the row.
  counted=$(python3 - "$DATABASE" "$partial" <<'PYTHON'
import sqlite3, sys
from pathlib import Path

try:
    store = sqlite3.connect(f"{Path(sys.argv[1]).absolute().as_uri()}?mode=rw", uri=True, timeout=30, isolation_level=None)
    copy = sqlite3.connect(sys.argv[2], isolation_level=None)
    store.execute("BEGIN")
    for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name").fetchall():
        print(name, *store.execute(f'SELECT count(*) FROM "{name}"').fetchone())
    store.backup(copy)
    copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing left beside it
except sqlite3.Error as error:
    sys.exit(f"cannot copy {sys.argv[1]}: {error}")
PYTHON
  ) || fail "nothing was written"
  rows=$(rows_of_sqlite "$partial") || fail "the copy could not be verified and was thrown away"
else
  backup=$FOLDER/$name.dump
  counted=$(query "SELECT tablename FROM pg_tables WHERE schemaname = 'public'" | LC_ALL=C sort) || fail "cannot read $DATABASE; nothing was written"
  pg_dump --format=custom --no-owner --no-privileges --file="$partial" || fail "pg_dump failed; nothing was written"
  rows=$(rows_of_dump "$partial") || fail "the dump could not be verified and was thrown away"
fi
[[ -n $rows ]] || fail "$DATABASE holds no tables, so there is nothing to back up"
if [[ $STORE = sqlite ]]; then
  [[ $rows = "$counted" ]] || fail "the copy differs from the store and was thrown away"
else
  [[ $(cut -d' ' -f1 <<<"$rows") = "$counted" ]] || fail "tables are missing in the dump, it was thrown away"
fi

{
  echo "sha256 $(sha256sum "$partial" | cut -d' ' -f1)"
  while read -r line; do echo "rows $line"; done <<<"$rows"
} >"$backup.manifest"
sync "$partial"
mv "$partial" "$backup"
echo "$PROGRAM: $backup, $(stat -c %s "$backup") bytes, verified; rows: $(paste -sd, <<<"$rows" | sed 's/,/, /g')"

# Only what this script wrote, and only the same kind of store.
if [[ $KEEP -gt 0 ]]; then
  find "$FOLDER" -maxdepth 1 -type f -name "zhuchuang-????????T??????Z.${backup##*.}" | LC_ALL=C sort --reverse | tail --lines="+$((KEEP + 1))" |
    while read -r old; do
      rm -f "$old" "$old.manifest"
      echo "$PROGRAM: deleted $old, the newest $KEEP stay"
    done
fi
