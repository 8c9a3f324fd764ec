#!/usr/bin/env bash
# Sends reads of seeded entries to a running Forebay at a constant rate, and says how it went:
#
#   scripts/load_test.sh --mode vegeta --rate 1000 --duration 60s
#   scripts/load_test.sh --mode curl --rate 100 --duration 30s
#
#   --mode M       vegeta, or curl; where vegeta is absent, hey stands in for it, or wrk (without a constant rate)
#   --rate N       requests a second (100)
#   --duration D   for how long, with its unit: 30s, 2m (30s)
#   --url URL      where the API is (http://localhost:9400)
#   --keys N       among how many seeded keys (1000)
#
# Fails if a request failed. A token goes into the variable FOREBAY_TOKEN.
set -euo pipefail
mode=curl rate=100 duration=30s url=http://localhost:9400 keys=1000
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --mode) mode=${2:?--mode needs vegeta or curl}; shift ;;
    --rate) rate=${2:?--rate needs a number}; shift ;;
    --duration) duration=${2:?--duration needs a span}; shift ;;
    --url) url=${2:?--url needs a URL}; shift ;;
    --keys) keys=${2:?--keys needs a number}; shift ;;
    *) echo "load_test.sh: unknown argument '$1'; --help lists them" >&2; exit 2 ;;
  esac
  shift
done
for number in "$rate" "$keys"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || { echo "load_test.sh: '$number' is no number of 1 or more" >&2; exit 2; }
done
[[ $duration =~ ^([1-9][0-9]*)(s|m)$ ]] || { echo "load_test.sh: '$duration' is no span such as 30s or 2m" >&2; exit 2; }
seconds=${BASH_REMATCH[1]}
[ "${BASH_REMATCH[2]}" = s ] || seconds=$((seconds * 60))
header=()
[ -z "${FOREBAY_TOKEN:-}" ] || header=(-H "Authorization: Bearer $FOREBAY_TOKEN")
entry=$url/v1/caches/default/entries/seed:

with_vegeta() {
  seq 1 "$keys" | sed "s|^|GET $entry|" |
    vegeta attack -rate="$rate" -duration="${seconds}s" ${header[@]+"${header[@]/#-H/-header}"} | vegeta report
}

with_wrk() {
  echo "vegeta is not here; wrk sends as fast as it can on 8 connections instead of at $rate a second"
  local script report
  script=$(mktemp --suffix=.lua)
  cat >"$script" <<LUA
local n = 0
request = function() n = n % $keys + 1; return wrk.format("GET", "/v1/caches/default/entries/seed:" .. n) end
LUA
  report=$(wrk -t1 -c8 -d"${seconds}s" --latency ${header[@]+"${header[@]}"} -s "$script" "$url")
  rm -f "$script"
  echo "$report"
  ! grep -q 'Non-2xx' <<<"$report"
}

with_hey() {
  echo "vegeta is not here; hey reads one key at $rate a second"
  local report
  report=$(hey -z "${seconds}s" -c 10 -q $((rate / 10 > 0 ? rate / 10 : 1)) ${header[@]+"${header[@]}"} "${entry}1")
  echo "$report"
  ! grep -Eq '\[[45][0-9][0-9]\]' <<<"$report"
}

# One curl a second, which sends that second's requests over one connection.
with_curl() {
  local results second end next
  results=$(mktemp)
  end=$((seconds - 1))
  next=$(date +%s%N)
  for second in $(seq 0 "$end"); do
    seq 1 "$rate" | awk -v entry="$entry" -v keys="$keys" -v base=$((second * rate)) '
      { printf "url = \"%s%d\"\noutput = \"/dev/null\"\n", entry, (base + $1 - 1) % keys + 1 }' |
      curl -sS ${header[@]+"${header[@]}"} -K - -w '%{http_code} %{time_total}\n' >>"$results"
    next=$((next + 1000000000))
    local left=$((next - $(date +%s%N)))
    [ "$left" -le 0 ] || sleep "$(printf '%d.%09d' $((left / 1000000000)) $((left % 1000000000)))"
  done
  sort -k2 -n "$results" | awk '
    { all++; if ($1 == 200) good++; times[all] = $2 }
    END { printf "%d requests, %d good, %d others\n", all, good, all - good
          printf "p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, longest %.2f ms\n",
            1000 * times[int((all + 1) / 2)], 1000 * times[int(all * .95 + .5)], 1000 * times[int(all * .99 + .5)], 1000 * times[all]
          exit good != all }'
  local status=$?
  rm -f "$results"
  return $status
}

case $mode in
  curl) with_curl ;;
  vegeta)
    if command -v vegeta >/dev/null; then with_vegeta
    elif command -v hey >/dev/null; then with_hey
    elif command -v wrk >/dev/null; then with_wrk
    else echo "load_test.sh: neither vegeta, hey nor wrk is here (Debian: apt-get install hey)" >&2; exit 1; fi ;;
  *) echo "load_test.sh: --mode takes vegeta or curl, not '$mode'" >&2; exit 2 ;;
esac
