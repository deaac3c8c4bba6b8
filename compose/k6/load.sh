# One load test by k6/ramp.js, after all that can be wrong about it was looked at. Arguments go to k6. Exit codes are those
# of k6, but 2 for a wrong setting, found before anything starts, and 1 for a target that cannot be reached.
# Needs POSIX sh, grep, sed, awk, date, flock and uname, as the image of k6 has them. The variables are those of .env.example, and
#   NAME   what the run is called, before the time; "compose"
#   ONCE   a file: written when the run is over, and nothing is loaded where it is there
set -euf # and no file names in place of a setting with a star
folder=${RUNS:-/run/loadline} scripts=${SCRIPTS:-/scripts} hosts=${HOSTS_FILE:-/etc/hosts}
gateway=host.docker.internal # the machine that Docker runs on, as seen from a container
here=$(dirname "$0")

. "$here/checks.sh"
. "$here/targets.sh"

if [ -n "${ONCE:-}" ] && [ -e "$ONCE" ]; then
	echo "this ran already, $(cat "$ONCE"): nothing is loaded; docker compose run --rm -e ONCE= demo runs it again"
	exit 0
fi

check_settings
LOADLINE_HOSTS=$(local_names) # for the scripts: which name is the machine itself, and its address
export LOADLINE_HOSTS
said=$(k6 run --quiet --log-format raw "$scripts/reach.js" 2>&1) ||
	fail 1 "$(printf '%s\n' "$said" | sed 's/^test aborted: //; s/ at default (file:.*//')"
write_targets

# Stays beside k6, to take away what Prometheus was told of it. Signals reach k6 once each: the second ends it before its
# last push. At a terminal Ctrl-C is everybody's already.
run() {
	testid=${TESTID:-${NAME:-compose}-$(date -u +%Y-%m-%dT%H-%M-%S)}
	[ -t 1 ] || set -- --quiet "$@" # a log is no place for a line of progress each second
	scrape_k6 "$testid"
	[ -z "$api" ] || set -- --address "$api" "$@"
	echo "$testid: up to ${VUS:-6000} VUs in ${DURATION:-10m}; docker compose logs -f watch shows the answer"
	k6 run --out experimental-prometheus-rw --tag "testid=$testid" "$@" "$scripts/ramp.js" &
	load=$!
	if [ -t 0 ]; then trap : INT; else trap 'kill -INT "$load"' INT; fi
	trap 'kill -TERM "$load"' TERM
	while # a signal ends wait, and not yet k6
		status=0
		wait "$load" || status=$?
		kill -0 "$load" 2>/dev/null
	do :; done
	[ "$status" -gt 128 ] || forget_k6 # one that was killed did not end: its samples stopped, which is an alert
	[ "$status" -ne 0 ] || [ -z "${ONCE:-}" ] || date -u '+on %Y-%m-%d at %H:%M:%S UTC' >"$ONCE"
	exit "$status" # 105 where a signal ended it; the next start runs it again
}
run "$@"
