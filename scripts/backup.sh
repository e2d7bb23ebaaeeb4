#!/usr/bin/env bash
# Backs up LockBay's database while it serves.
#
#     LOCKBAY_BACKUP_URL=postgresql://… scripts/backup.sh FOLDER [DAYS]         a dump: restores anywhere, also into a newer release
#     LOCKBAY_BACKUP_URL=postgresql://… scripts/backup.sh --base FOLDER [DAYS]  a copy of the whole cluster, with its WAL
#
# The role reads everything (a dump), or may replicate (--base): docs/security.md has one that does both. The service's does
# neither. Without LOCKBAY_BACKUP_URL it is LOCKBAY_DATABASE_URL's.
# A backup has its name only when it is whole, on the disk and readable. Those older than DAYS (30) go, but never the last.
# PG_BIN: where pg_dump is, of the server's release or newer. PYTHON: any, it takes the URL apart, so that the password
# stands in no process list. scripts/restore_drill.py proves that what was backed up can be restored.
set -euo pipefail
umask 077

kind=dump
[ "${1:-}" = "--base" ] && { kind=base; shift; }
folder=${1:?"scripts/backup.sh [--base] FOLDER [DAYS]"}
days=${2:-30}
export LOCKBAY_BACKUP_URL=${LOCKBAY_BACKUP_URL:-${LOCKBAY_DATABASE_URL:?is not set, nor is LOCKBAY_BACKUP_URL}}
[[ $days =~ ^[0-9]+$ ]] || { echo "backup: DAYS must be a number" >&2; exit 2; }
PATH="${PG_BIN:+$PG_BIN:}$PATH"
[ "$kind" = dump ] && programs="pg_dump pg_restore" || programs="pg_basebackup pg_verifybackup"
for program in $programs; do
    command -v "$program" >/dev/null && continue
    echo "backup: there is no $program in the path, nothing was backed up. Set PG_BIN (Debian: /usr/lib/postgresql/15/bin)" >&2
    exit 2
done

variables=$("${PYTHON:-python3}" - <<'PY'
import os, shlex
from urllib.parse import parse_qs, unquote, urlsplit

url = urlsplit(os.environ["LOCKBAY_BACKUP_URL"])
asked = {name: values[0] for name, values in parse_qs(url.query).items()}
found = {
    "PGHOST": asked.get("host") or url.hostname, "PGPORT": asked.get("port") or url.port,
    "PGUSER": asked.get("user") or (unquote(url.username) if url.username else None),
    "PGPASSWORD": unquote(url.password) if url.password else None,
    "PGDATABASE": unquote(url.path.lstrip("/")) or None, "PGSSLMODE": asked.get("sslmode"),
}
print("\n".join(f"export {name}={shlex.quote(str(value))}" for name, value in found.items() if value))
PY
)
eval "$variables"
export PGAPPNAME=lockbay-backup PGCONNECT_TIMEOUT=10

mkdir -p "$folder"
name=lockbay-$(date -u +%Y%m%dT%H%M%SZ)
unfinished=$folder/.$name.unfinished
trap 'rm -rf "$unfinished"' EXIT

if [ "$kind" = dump ]; then
    made=$folder/$name.dump
    pg_dump --format=custom --compress=6 --no-owner --no-privileges --lock-wait-timeout=30s --file="$unfinished"
    pg_restore --list "$unfinished" >/dev/null
else
    made=$folder/$name.base
    pg_basebackup --pgdata="$unfinished" --format=plain --wal-method=stream --checkpoint=fast --no-password
    pg_verifybackup --quiet "$unfinished"
fi
sync -f "$folder"
mv "$unfinished" "$made"
sync "$folder"

find "$folder" -maxdepth 1 -name "lockbay-*.$kind" ! -path "$made" -mmin +$((days * 1440)) -exec rm -rf {} +
echo "$made"
