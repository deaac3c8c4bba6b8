# One load test by k6/ramp.js, after all that can be wrong about it was looked at. Arguments go to k6. Exit codes are those
# of k6, but 2 for a wrong setting, found before anything starts, and 1 for a target that cannot be reached.
# Needs POSIX sh, grep, sed, awk and date, as the image of k6 has them. The variables are those of .env.example, and
#   NAME   what the run is called, before the time; "compose"
#   ONCE   a file: written when the run is over, and nothing is loaded where it is there
set -euf # and no file names in place of a setting with a star
folder=${RUNS:-/run/loadline} scripts=${SCRIPTS:-/scripts} hosts=${HOSTS_FILE:-/etc/hosts}
gateway=host.docker.internal # the machine that Docker runs on, as seen from a container
here=$(dirname "$0")

fail() { # EXIT_CODE WORD...
	code=$1
	shift
	echo "loadline: $*" >&2
	exit "$code"
}

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

run() {
	testid=${TESTID:-${NAME:-compose}-$(date -u +%Y-%m-%dT%H-%M-%S)}
	[ -t 1 ] || set -- --quiet "$@" # a log is no place for a line of progress each second
	set -- k6 run --out experimental-prometheus-rw --tag "testid=$testid" "$@" "$scripts/ramp.js"
	echo "$testid: up to ${VUS:-6000} VUs in ${DURATION:-10m}; docker compose logs -f watch shows the answer"
	[ -n "${ONCE:-}" ] || exec "$@"
	"$@" &
	load=$!
	trap 'kill "$load"; wait "$load"' INT TERM # k6 then ends with 105, and the next start runs it again
	wait "$load"
	date -u '+on %Y-%m-%d at %H:%M:%S UTC' >"$ONCE"
}
run "$@"
