#!/bin/sh
# Who posted most, over all groups: messages, groups, name. Needs jq.
#
#   top-posters.sh [SINCE [COUNT]]        SINCE such as 2026-11-09; else the last 7 days. COUNT: 10
#
# `qunkit messages` gives one JSON object a line; notices (joins, recalls, pats) are nobody's posts and are left out.
set -eu

if [ $# -gt 0 ]; then set -- --since "$1" "${2:-10}"; else set -- --last 7d 10; fi

qunkit messages "$1" "$2" --format jsonl |
  jq -nr --argjson count "$3" '
    [inputs | select(.sender_id != null and (.kind | IN("system", "recall", "pat") | not))]
    | group_by(.sender_id)
    | map({name: (last | .sender_name), groups: (map(.group_id) | unique | length), messages: length})
    | sort_by(-.messages, .name)[:$count][]
    | [.messages, .groups, .name] | @tsv
  '
