"""Options of a load test that contradict each other: they are refused, not ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from loadline.fields import AUTO

OF_THE_RAMP = ("url", "vus", "max_vus", "max_rate", "duration", "think_time", "method", "header", "body")
SELECTORS = ("server_selector", "generator_selector")
OF_SERVERS = ("server_username", "server_password_file", "server_ca_file")


def contradictions(given: Mapping[str, object], repeat: object = None) -> list[str]:
    """A sentence for each; ``given`` by the names of RunOptions' fields, and nothing that was not given."""
    found = []
    if "script" not in given and "url" not in given:
        found.append("give the URL to test, or --script FILE")
    clashes = [as_typed(name) for name in OF_THE_RAMP if name in given]
    if "script" in given and clashes:
        found.append(f"{', '.join(clashes)} with --script: the script's own options stand; change them there")
    if "script" in given and "confirm" in given:
        found.append(
            "--confirm with --script: a rate can be held for a URL only. Set the script's executor to "
            "constant-arrival-rate, at the SLO capacity that a run of it found, and run it again"
        )
    named = Counter(line.partition(":")[0].strip().title() for line in _texts(given.get("header")))
    found += [
        f"--header: {name} is given {times} times: join its values by a comma"
        for name, times in named.items()
        if times > 1
    ]
    return [*found, *_of_repeating(given, repeat), *_of_steering(given), *_of_servers(given)]


def _of_repeating(given: Mapping[str, object], repeat: object) -> list[str]:
    if repeat is None:
        return ["--pause without --repeat: there is no other run to wait for"] if "pause" in given else []
    if "web_dashboard" in given:
        return ["--web-dashboard with --repeat: the page of one run would hold up the next"]
    return []


def _of_steering(given: Mapping[str, object]) -> list[str]:
    found = []
    finds_its_range = "script" not in given and given.get("vus", AUTO) == AUTO
    if finds_its_range and "duration" in given:
        found.append("--duration without a number of --vus: a run that finds its own range plans its own time")
    if not finds_its_range and "script" not in given:
        clashes = [as_typed(name) for name in ("max_vus", "max_rate") if name in given]
        if clashes:
            found.append(f"{' and '.join(clashes)} with a number of --vus: they bound a run that finds its own range")
    if "scaler_reaction" in given and "full" in given:
        found.append("--scaler-reaction with --full: a run that goes through its whole plan waits for nothing")
    several = "confirm" in given or (finds_its_range and "url" in given)
    if "web_dashboard" in given and several:
        found.append("--web-dashboard with several k6 runs in a row: give a number of --vus, and no --confirm")
    return found


def _of_servers(given: Mapping[str, object]) -> list[str]:
    found = []
    if "server" in given and "prometheus_url" in given:
        found.append('--server with --prometheus-url: let that Prometheus scrape it, with the label role="server"')
    selectors = [as_typed(name) for name in SELECTORS if name in given]
    if selectors and "prometheus_url" not in given:
        found.append(
            f"{' and '.join(selectors)} without --prometheus-url: the Prometheus of the run itself knows this machine, "
            "and those of --server"
        )
    if "server" not in given:
        found += [f"{as_typed(name)} without --server" for name in OF_SERVERS if name in given]
    elif "server_ca_file" in given and not any(one.startswith("https://") for one in _texts(given["server"])):
        found.append("--server-ca-file without TLS: write --server https://HOST:PORT")
    if ("server_username" in given) != ("server_password_file" in given):
        found.append("--server-username and --server-password-file belong together")
    return found


def _texts(values: object) -> list[str]:
    return [str(one) for one in values] if isinstance(values, (list, tuple)) else []


def as_typed(name: str) -> str:
    """The option of a field, as a person types it."""
    return "URL" if name == "url" else f"--{name.replace('_', '-')}"
