# bash compose/healthy.sh PORT: whether /healthz there answers 200. By bash alone: a Python for every look would cost more
# than what is looked at.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[[ $status == 200 ]]
