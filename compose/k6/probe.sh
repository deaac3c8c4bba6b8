# The probe of every day, k6/probe.js, after its settings were looked at: exit code 2 for a wrong one. It ends after
# PROBE_DURATION, and the engine starts it again.
set -euf
scripts=${SCRIPTS:-/scripts} hosts=${HOSTS_FILE:-/etc/hosts}
gateway=host.docker.internal # the machine that Docker runs on, as seen from a container
here=$(dirname "$0")

. "$here/checks.sh"
. "$here/targets.sh"

check_probe
LOADLINE_HOSTS=$(local_names)
export LOADLINE_HOSTS
# Without summary and thresholds k6 need not keep every value of its trends. Its address is for the health check alone.
exec k6 run --quiet --no-summary --no-thresholds --address 127.0.0.1:6565 \
	--out experimental-prometheus-rw "$scripts/probe.js"
