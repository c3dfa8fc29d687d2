#!/bin/sh
# Another tool on the same data: DuckDB reads the dataset's Parquet files where they lie, as CSV.
#
#   duckdb.sh ["SELECT … FROM messages …"]        without it: messages and people by group and month
#
# Uses the duckdb command line if there is one, else Python's duckdb, which comes with qunkit ($PYTHON, else python3).
set -eu

sql=${1:-"
  SELECT group_name, strftime(local_time, '%Y-%m') AS month, count(*) AS messages, count(DISTINCT sender_id) AS people
  FROM messages
  WHERE kind NOT IN ('system', 'recall', 'pat')
  GROUP BY ALL ORDER BY ALL"}

folder=$(qunkit path | sed "s/'/''/g")
sql="WITH messages AS (FROM read_parquet('$folder/messages/**/*.parquet')) $sql"

if command -v duckdb > /dev/null; then
  duckdb -csv -c "$sql"
else
  "${PYTHON:-python3}" -c 'import duckdb, sys; duckdb.sql(sys.argv[1]).to_csv("/dev/stdout")' "$sql"
fi
