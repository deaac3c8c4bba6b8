# Writes into the folder $1 what Prometheus reads from the settings: the rules of what is promised (LOADLINE_SLO), and whom
# to scrape as long as no run has said better. Every file appears whole or not at all.
set -eu
folder=${1:-/run/loadline}
mkdir -p "$folder/rules" "$folder/targets"

python -m loadline slo generate --output "$folder/rules" --retention "${RETENTION:-32d}" \
	--grafana-url "http://127.0.0.1:${GRAFANA_PORT:-3000}" --docs-url "${DOCS_URL:-docs}"

# The sample API is on this machine, so at first it is server and generator in one; each run of k6 writes this anew.
exporter=$folder/targets/exporter.json
if [ ! -e "$exporter" ]; then
	echo '[{"targets": ["exporter:9101"], "labels": {"job": "exporter", "role": "both"}}]' >"$exporter.new"
	mv "$exporter.new" "$exporter"
fi
