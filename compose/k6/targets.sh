# Where the target and the exporters are: on this machine or another, and what Prometheus is told of it. Read by load.sh
# and, for its names, by probe.sh.

# The host in TARGET_URL, without password and port.
target_host() {
	rest=${TARGET_URL#*://} rest=${rest%%[/?#]*} rest=${rest##*@}
	case $rest in
	\[*) rest=${rest#\[} && echo "${rest%%\]*}" ;;
	*) echo "${rest%%:*}" ;;
	esac
}

# In a container these are the container itself; what is meant is the machine that Docker runs on.
means_this_machine() {
	matches "$1" 'localhost|127\.[0-9.]+|0\.0\.0\.0'
}

# A JSON object for k6's option hosts: the name stays in the URL, the header Host and TLS, and leads to the gateway.
local_names() {
	host=$(target_host)
	means_this_machine "$host" || { echo '{}' && return; }
	address=$(awk -v name="$gateway" '$2 == name && $1 !~ /:/ { print $1; exit }' "$hosts")
	[ -n "$address" ] || fail 1 "Docker gives no address of this machine ($gateway is not in $hosts):" \
		"name the target by its address in your network"
	echo "{\"$host\": \"$address\"}"
}

# Each HOST:PORT of SERVER_METRICS.
servers() {
	printf %s "${SERVER_METRICS:-}" | tr ',' ' '
}

# What Prometheus scrapes for this run. The exporter of Compose is the generator's, and the server's too where the target
# is on this machine: a claim that decides whose CPU may be the limit, so it is made anew by each run.
write_targets() {
	case $(target_host) in
	sample-api | "$gateway") role=both ;;
	*) if means_this_machine "$(target_host)"; then role=both; else role=generator; fi ;;
	esac
	target exporter:9101 exporter "$role" | whole "$folder/targets/exporter.json"
	for server in $(servers); do
		if means_this_machine "${server%:*}"; then server=$gateway:${server##*:}; fi
		target "$server" exporter server
	done | whole "$folder/targets/servers.json"
}

target() {
	printf '{"targets": ["%s"], "labels": {"job": "%s", "role": "%s"}}\n' "$@"
}

# A JSON list of the lines on stdin, in a file that appears at once or not at all.
whole() {
	{ echo '[' && paste -s -d , - && echo ']'; } >"$1.new"
	mv "$1.new" "$1"
}

# Lets Prometheus scrape k6 itself, of the run TESTID: $api is where it is to listen, in the network of Compose and on no
# port of the machine, or empty where there is no such network. The file is locked as long as this k6 lives, so that a run
# knows what a killed one left.
scrape_k6() {
	api=
	address=$(awk -v name="$(uname -n)" '$2 == name && $1 !~ /:/ { print $1; exit }' "$hosts")
	[ -n "$address" ] || return 0
	api=$address:${API_PORT:-6565} own=$folder/targets/k6-$1.json
	for left in $(ls "$folder/targets"); do
		case $left in k6-*.json) flock -n "$folder/targets/$left" rm -f "$folder/targets/$left" || : ;; esac
	done
	exec 9>"$own.new"
	flock -n 9
	printf '[{"targets": ["%s"], "labels": {"job": "k6", "testid": "%s"}}]\n' "$api" "$1" >&9
	mv "$own.new" "$own"
}

forget_k6() {
	[ -z "$api" ] || rm -f "$own"
}
