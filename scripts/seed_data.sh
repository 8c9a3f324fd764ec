#!/usr/bin/env bash
# Puts entries into a running Forebay, in batches:
#
#   scripts/seed_data.sh --count 10000
#
#   --count N      how many (1000)
#   --url URL      where the API is (http://localhost:9400)
#   --prefix P     what keys begin with (seed:): P1, P2, …
#   --ttl SECONDS  how long they live (3600)
#
# A token goes into the variable FOREBAY_TOKEN.
set -euo pipefail
count=1000 url=http://localhost:9400 prefix=seed: ttl=3600
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --count) count=${2:?--count needs a number}; shift ;;
    --url) url=${2:?--url needs a URL}; shift ;;
    --prefix) prefix=${2?--prefix needs a text}; shift ;;
    --ttl) ttl=${2:?--ttl needs a number}; shift ;;
    *) echo "seed_data.sh: unknown argument '$1'; --help lists them" >&2; exit 2 ;;
  esac
  shift
done
for number in "$count" "$ttl"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || { echo "seed_data.sh: '$number' is no number of 1 or more" >&2; exit 2; }
done
[[ $prefix =~ ^[A-Za-z0-9:._-]{0,64}$ ]] || { echo "seed_data.sh: --prefix takes letters, digits, and : . _ -" >&2; exit 2; }

send=(curl -sS --fail-with-body -o /dev/null -X POST -H 'Content-Type: application/json' --data-binary @-)
[ -z "${FOREBAY_TOKEN:-}" ] || send+=(-H "Authorization: Bearer $FOREBAY_TOKEN")

batch=1000
started=$SECONDS
for ((first = 1; first <= count; first += batch)); do
  last=$((first + batch - 1 < count ? first + batch - 1 : count))
  seq "$first" "$last" | awk -v prefix="$prefix" -v ttl="$ttl" '
    BEGIN { printf "{\"items\":[" }
    { printf "%s{\"key\":\"%s%d\",\"json\":{\"id\":%d,\"name\":\"Item %d\",\"price\":%d.%02d},\"ttl\":\"%ds\",\"tags\":[\"seed\",\"seed-%d\"]}",
        (NR > 1 ? "," : ""), prefix, $1, $1, $1, $1 % 1000, $1 % 100, ttl, $1 % 10 }
    END { printf "]}" }' | "${send[@]}" "$url/v1/caches/default/entries:batchPut"
done
echo "$count entries in $((SECONDS - started)) s: ${prefix}1 to ${prefix}$count, tagged seed"
