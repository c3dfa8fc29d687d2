#!/bin/bash
# Tell a chat robot what is new: alerts as JSON lines, posted to a webhook. For cron. Needs jq and curl.
#
#   alerts.sh SPOOL [FILTER...]
#   */30 * * * *  QUNKIT_DATA=/srv/chats/data WEBHOOK=https://… /srv/chats/alerts.sh /srv/chats/alerts.spool
#
# $WEBHOOK is the address of the robot (a 企业微信 group robot takes what is posted here); whoever knows it can post, so it is in no file here.
# What could not be posted waits in the file SPOOL for the next run: qunkit tells an alert once. $SHAPE is lines (default: one message of
# 企业微信 with a line an alert) or json (each alert as it is). Exit codes: 0 nothing new, or all posted; 1 the robot could not be reached;
# anything else is qunkit's, and then nothing was told.
set -euo pipefail
umask 077

spool=${1:?usage: alerts.sh SPOOL [FILTER...]}
: "${WEBHOOK:?the address to post to}"
new=$spool.new

gather() { # what was told goes to what waits
  [ -f "$new" ] || return 0
  touch "$spool"
  cat "$spool" "$new" > "$spool.all"
  mv "$spool.all" "$spool"
  rm -f "$new"
}

gather # of a run that was killed
told=0
qunkit alerts --since last-run --format jsonl -o "$new" "${@:2}" 2> "$spool.notes" || told=$?
if [ "$told" -gt 1 ]; then
  cat "$spool.notes" >&2
  rm -f "$new" # what it holds is told again
  exit "$told"
fi
gather
rm -f "$spool.notes"
[ -s "$spool" ] || exit 0

post() { # what is on stdin
  curl --fail --silent --show-error --max-time 20 --retry 2 -H 'Content-Type: application/json' --data-binary @- "$WEBHOOK" > /dev/null
}

if [ "${SHAPE:-lines}" = json ]; then
  while IFS= read -r line; do
    printf '%s' "$line" | post || exit 1
  done < "$spool"
else # a message of 企业微信 holds 2048 bytes: ten alerts each
  jq -c -s '
    {ads: "广告占比达到告警线", dead: "死群", silent: "沉默超过自身上限（天）", decline: "周发言人数减少", kol_silent: "KOL 未发言天数",
     unanswered: "超时未响应的提问数", newcomers: "新人发言无人理会的占比", spike: "单日消息异常增多", drop: "7 天消息异常减少",
     leaves: "一周退群异常增多", joins: "一周入群异常增多"} as $words
    | def cut: tostring | .[:24];
    [.[] | "\(if .level == "critical" then "【严重】" else "" end)\(.group_name // .group_id | cut)\(if .name then "·" + (.name | cut) else "" end)：\($words[.rule] // .rule) \(.value * 100 | round / 100)（线 \(.threshold // 0 | . * 100 | round / 100)）"]
    | range(0; length; 10) as $n | .[$n : $n + 10] | {msgtype: "text", text: {content: ("群告警\n" + join("\n"))}}
  ' "$spool" | while IFS= read -r message; do
    printf '%s' "$message" | post || exit 1
  done
fi
: > "$spool"
