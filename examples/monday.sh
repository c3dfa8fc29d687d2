#!/usr/bin/env bash
# The Monday job: take in what was exported, write last week's report for every group, ready to mail.
#
#   monday.sh EXPORTS REPORTS
#   0 8 * * 1  QUNKIT_DATA=/srv/chats/data /srv/chats/monday.sh /srv/chats/exports /srv/chats/reports
#
# Writes REPORTS/<today>/<group>.md and REPORTS/<today>/_all.md, and prints their names. The week is the last complete one
# that the data knows, or $WEEK (such as 2026-W46). Exit codes are qunkit's: 0 done; 3 done, but some of the exports could
# not be read; anything else: nothing was written.
set -euo pipefail

exports=${1:?usage: monday.sh EXPORTS REPORTS}
reports=${2:?usage: monday.sh EXPORTS REPORTS}
week=${WEEK:-last}

read_all=0
qunkit ingest "$exports" --quiet > /dev/null || read_all=$?
case $read_all in
  0 | 3) ;;
  *) exit "$read_all" ;;
esac

folder=$reports/$(date +%F)
mkdir -p "$folder"

write() { # FILE [FILTER...]
  qunkit report --week "$week" --format md -o "$1" "${@:2}"
  printf '%s\n' "$1"
}

write "$folder/_all.md"
qunkit groups --format tsv | tail -n +2 | while IFS=$'\t' read -r id name _; do
  write "$folder/${name//[\/\\:]/_}.md" --group "$id"
done

exit "$read_all"
