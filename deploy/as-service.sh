#!/usr/bin/env bash
# The program, backup and restore for operators, run as the service runs: its user, its settings, its folder. Installed under three names:
#   /usr/local/bin/zhuchuang  zhuchuang-backup  zhuchuang-restore
set -euo pipefail

release=$(dirname "$(dirname "$(readlink -f "$0")")")
environment=${ZHUCHUANG_ENVIRONMENT:-/etc/zhuchuang/zhuchuang.env}
name=$(basename "$0" .sh)

case $name in
  zhuchuang) program=$release/.venv/bin/zhuchuang ;;
  zhuchuang-backup) program=$release/deploy/backup.sh ;;
  zhuchuang-restore) program=$release/deploy/restore.sh ;;
  *)
    cat <<'TEXT'
Usage: zhuchuang COMMAND …     zhuchuang-backup …     zhuchuang-restore …

Runs the program, a backup or a restore with the user, the settings and the folder of the service. Needs root. /usr/local/bin holds a link
to this script by each of the three names; `--help` there shows the help of what is run.

Example: zhuchuang doctor
Exit codes: those of what is run; 2 if this is not root or the settings are missing.
TEXT
    exit 0
    ;;
esac

fail() {
  echo "$name: $1" >&2
  exit 2
}

if [[ ${1:-} = --help || ${2:-} = --help ]]; then exec "$program" "$@"; fi
[[ $(id -u) -eq 0 ]] || fail "this takes root, to become the user of the service: sudo $name $*"
[[ -f $environment ]] || fail "there are no settings: $environment does not exist. See deploy/README.md, \"First start\"."
# systemd reads the settings itself, so both understand every line alike. A folder the service may not enter, as /root, is no reason to fail.
exec systemd-run --quiet --collect --wait --pipe --service-type=exec \
  --property=WorkingDirectory="-$PWD" \
  --property=User=zhuchuang --property=Group=zhuchuang --property=UMask=0077 \
  --property=StateDirectory=zhuchuang --property=StateDirectoryMode=0700 \
  --property=EnvironmentFile="$environment" --setenv=PYTHONDONTWRITEBYTECODE=1 --setenv=TERM="${TERM:-dumb}" \
  "$program" "$@"
