# Writes into the folder $1 what Prometheus reads from the settings: the rules of the latency objective, and whom to
# scrape as long as no run has said better. Every file appears whole or not at all.
set -eu
folder=${1:-/run/loadline}
mkdir -p "$folder/rules" "$folder/targets"

rules=$folder/rules/loadline.yml
python -m loadline slo generate --latency-limit "${LATENCY_LIMIT:-1s}" >"$rules.new"
mv "$rules.new" "$rules"

# The sample API is on this machine, so at first it is server and generator in one; each run of k6 writes this anew.
exporter=$folder/targets/exporter.json
if [ ! -e "$exporter" ]; then
	echo '[{"targets": ["exporter:9101"], "labels": {"job": "exporter", "role": "both"}}]' >"$exporter.new"
	mv "$exporter.new" "$exporter"
fi
