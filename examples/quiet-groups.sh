#!/bin/sh
# Groups in which nobody has posted for some days, longest silence first: days, group, last post.
#
#   quiet-groups.sh [DAYS]        7, if not said otherwise
#
# A table in a pipe is TSV with a header, so awk finds columns by name and keeps working when new ones are added.
set -eu

qunkit groups --format tsv |
  awk -F '\t' -v OFS='\t' -v days="${1:-7}" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["days_silent"] + 0 >= days { print $at["days_silent"], $at["group_name"], $at["last_post"] }
  ' |
  sort -k 1,1nr
