#!/usr/bin/env bash
# Starts what Forebay can use on this machine, and Forebay in front of it, until Ctrl-C:
#
#   scripts/run_local.sh                 Forebay with every other system's ports: API and page at 9400, page at 3000
#   scripts/run_local.sh --redis         with a Redis of its own behind the cache (Debian: redis-server)
#   scripts/run_local.sh --dry-run       prints what it would start
#   scripts/run_local.sh -- ARGUMENTS    further arguments for `forebay serve`
#
# Reads .env in the present folder, if there is one.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

redis=false
dry=false
while [ $# -gt 0 ]; do
  case $1 in
    --redis) redis=true ;;
    --dry-run) dry=true ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --) shift; break ;;
    *) echo "run_local.sh: unknown argument '$1'; --help lists them" >&2; exit 2 ;;
  esac
  shift
done

arguments=(serve --compat all)
redis_port=${FOREBAY_LOCAL_REDIS_PORT:-6379}
if $redis; then
  arguments+=(--set "redis.url=redis://127.0.0.1:$redis_port" --set invalidation.log=redis --set entries.tier=redis)
fi
arguments+=("$@")

if $dry; then
  if $redis; then echo "redis-server --port $redis_port --bind 127.0.0.1 --save '' --appendonly no"; fi
  printf '%s' "$root/forebay"; printf ' %q' "${arguments[@]}"; echo
  exit 0
fi

if $redis; then
  command -v redis-server >/dev/null || { echo "run_local.sh: redis-server is missing (Debian: apt-get install redis-server)" >&2; exit 1; }
  redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --daemonize no >/dev/null &
  redis_pid=$!
  trap 'kill "$redis_pid" 2>/dev/null || true' EXIT
fi
echo "Page       http://localhost:3000"
echo "API        http://localhost:9400"
echo "Metrics    http://localhost:9400/metrics"
if $redis; then
  "$root/forebay" "${arguments[@]}"
else
  exec "$root/forebay" "${arguments[@]}"
fi
