# Makes Grafana's admin password once, at random, beside Grafana's database: Grafana reads it only when it makes that, so
# neither may outlive the other. The watcher, which has no business in that folder, gets a copy at each start.
#   sh password.sh [FOLDER OF GRAFANA [FOLDER OF THE COPY]]
set -eu
umask 077
data=${1:-/var/lib/grafana} shared=${2:-/run/grafana-admin}
password=$data/admin-password copy=$shared/password

if [ ! -s "$password" ]; then
	if [ -e "$data/grafana.db" ]; then
		echo "Grafana's database is here, but not its admin password, $password: put it back, or begin with an empty" \
			"Grafana: docker compose down, docker volume rm loadline_grafana-data, docker compose up -d" >&2
		exit 1
	fi
	head -c 24 /dev/urandom | base64 >"$password.new"
	chmod 444 "$password.new" # Grafana is another user than the one who writes this
	mv "$password.new" "$password"
fi
cat "$password" >"$copy.new"
chmod 444 "$copy.new"
mv "$copy.new" "$copy"
chmod 755 "$shared"
