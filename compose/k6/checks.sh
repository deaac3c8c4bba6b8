# What can be wrong about the settings of a load, all of it told at once. Read by load.sh and probe.sh.
mistakes=
name='[^]/?#@:[[:space:]]+' ipv6='\[[0-9A-Fa-f:.]+\]' # of a host
duration='([0-9]+(\.[0-9]+)?(ms|s|m|h))+'

fail() { # EXIT_CODE WORD...
	code=$1
	shift
	echo "loadline: $*" >&2
	exit "$code"
}

wrong() {
	mistakes="$mistakes${mistakes:+; }$1"
}

# matches VALUE EXTENDED_REGULAR_EXPRESSION: the whole of it, and one line.
matches() {
	[ "$(printf %s "$1" | wc -l)" -eq 0 ] && printf '%s\n' "$1" | grep -Eqx -- "$2"
}

check_url() {
	shown=$(printf %s "${TARGET_URL:-}" | sed 's#//[^/@]*@#//#') # an error is no place for a password
	case ${TARGET_URL:-} in
	'') wrong "TARGET_URL is not set: say what to test, for example TARGET_URL=http://10.0.1.12:8080/boards" ;;
	*://*) matches "$TARGET_URL" "https?://([^]/?#@[[:space:]]*@)?($name|$ipv6)(:[0-9]{1,5})?([/?#][^[:space:]]*)?" ||
		wrong "TARGET_URL=$shown is no URL: write it whole, for example http://10.0.1.12:8080/boards" ;;
	*) wrong "TARGET_URL=$shown has no scheme: write http://$shown, or https://$shown" ;;
	esac
	case ${TARGET_URL:-} in *//\[::1\]*) wrong "TARGET_URL=$shown: write localhost in place of [::1]" ;; esac
}

check_settings() {
	check_url
	for server in $(servers); do
		matches "$server" "([A-Za-z0-9._-]+|$ipv6):[0-9]{1,5}" ||
			wrong "SERVER_METRICS: $server is no HOST:PORT, such as 10.0.1.12:9101; several are told apart by commas"
	done
	matches "${VUS:-6000}" '[1-9][0-9]{0,5}' || wrong "VUS=$VUS is no whole number from 1 to 999999"
	files=$(ulimit -Hn) # k6 raises its own limit as far as this
	matches "$files" unlimited || ! matches "${VUS:-6000}" '[0-9]+' || [ "${VUS:-6000}" -lt "$files" ] ||
		wrong "VUS=$VUS need a connection each, and this engine lets a container open $files files: see its default-ulimits"
	matches "${DURATION:-10m}" "$duration" || wrong "DURATION=$DURATION is no duration: write 10m, 90s or 1h30m"
	matches "${THINK_TIME:-1}" '[0-9]+(\.[0-9]+)?' || wrong "THINK_TIME=$THINK_TIME is no number of seconds"
	matches "${K6_PROMETHEUS_RW_PUSH_INTERVAL:-5s}" "$duration" ||
		wrong "PUSH_INTERVAL=$K6_PROMETHEUS_RW_PUSH_INTERVAL is no duration: write 1s or 5s"
	matches "${TESTID:-a}" '[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}' ||
		wrong "TESTID=$TESTID cannot be a testid: letters, digits and . _ : @ + - only, 100 at most"
	[ -z "$mistakes" ] || fail 2 "$mistakes"
}

check_probe() {
	check_url
	matches "${PROBE_RATE:-1}" '[1-9][0-9]{0,2}' || wrong "PROBE_RATE=$PROBE_RATE is no whole number from 1 to 999"
	matches "${PROBE_DURATION:-24h}" "$duration" || wrong "PROBE_DURATION=$PROBE_DURATION is no duration: write 24h"
	[ -z "$mistakes" ] || fail 2 "$mistakes"
}
