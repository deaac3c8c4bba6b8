"""What a plain run on a plain machine has nothing to show of, and why: the panels that may be empty there."""

from __future__ import annotations

from typing import Final

NO_FAILURE: Final = "no request failed"
NO_ARRIVALS: Final = "only a script with arrival rates drops iterations"
NO_REST: Final = "k6 tells of itself from 1.2 on, at an address"
NOT_EC2: Final = "the machine is no EC2 instance"
NO_CONTAINER: Final = "no container with limits runs"
NO_PROCESS: Final = "no process is named"
VIRTUAL: Final = "virtual links do not know their speed"
NO_PLAN: Final = "nobody told the watcher what the script plans"
NO_PROBE: Final = "nobody probes every day"
RULES_ARE_OF_NOW: Final = "what rules recorded may be younger than the time range"
NO_PARTS: Final = "a ramp that was planned whole, and went through its plan, has no parts"
AT_LEAST: Final = "a maximum is known, so nothing is only a lower bound"
BELOW: Final = "a low end is known, of the golden run too; test_answer_queries.py has one of which none is"

QUERIES: Final[dict[tuple[str, str], str]] = {
    ("Maximum throughput", "D"): AT_LEAST,
    ("SLO capacity", "D"): AT_LEAST,
    ("SLO capacity", "E"): BELOW,
    ("Which runs were there, and what did each prove?", "H"): AT_LEAST,
    ("Which runs were there, and what did each prove?", "I"): BELOW,
    ("Does goodput still rise while VUs rise?", "D"): NO_FAILURE,
    ("Failures by status", "A"): NO_FAILURE,
    ("Failures by request name", "A"): NO_FAILURE,
    ("Do requests get no reply?", "A"): NO_FAILURE,
    ("Are iterations dropped?", "B"): NO_ARRIVALS,
    ("Are the planned VUs there?", "C"): NO_PLAN,
    ("How much CPU does k6 itself use?", "A"): NO_REST,
    ("How much CPU does k6 itself use?", "B"): NO_REST,
    ("How near is k6 to its limit of open files?", "A"): NO_REST,
    ("How near is k6 to its limit of open files?", "B"): NO_REST,
    ("How much memory does k6 use?", "A"): NO_REST,
    ("How full is the link?", "A"): VIRTUAL,
    ("How full is the link?", "B"): VIRTUAL,
    ("How full is connection tracking?", "A"): "the kernel tracks no connections",
    ("CPU of named processes", "A"): NO_PROCESS,
    ("Memory of named processes", "A"): NO_PROCESS,
    ("How near is a process to its limit of open files?", "A"): NO_PROCESS,
    ("How full is a container's CPU limit?", "A"): NO_CONTAINER,
    ("Is a container held back by its CPU limit?", "A"): NO_CONTAINER,
    ("Is a container held back by its CPU limit?", "B"): NO_CONTAINER,
    ("Memory of containers", "A"): NO_CONTAINER,
    ("Memory of containers", "B"): NO_CONTAINER,
    ("Are a container's packets dropped?", "A"): NO_CONTAINER,
    ("Are a container's packets dropped?", "B"): NO_CONTAINER,
    ("Objective", "A"): RULES_ARE_OF_NOW,
    ("Error budget left", "A"): NO_PROBE,
    ("Burn rates now", "A"): NO_PROBE,
    ("How much of the error budget is left?", "A"): NO_PROBE,
    ("How fast does it burn?", "A"): NO_PROBE,
    **{("Which share of requests is good?", ref): NO_PROBE for ref in "AB"},
    **{("Good requests against request rate", ref): NO_PROBE for ref in "AB"},
    ("annotation Parts", ""): NO_PARTS,
    **{("Which parts had the run, and why did each end?", ref): NO_PARTS for ref in "ABCDEF"},
    **{("Does EC2 hold packets back?", ref): NOT_EC2 for ref in "ABCDE"},
    ("Connections that EC2 can still track", "A"): NOT_EC2,
    **{("How many CPU credits are left?", ref): NOT_EC2 for ref in "ABC"},
    **{("What may the instance type use for ever?", ref): NOT_EC2 for ref in "AB"},
}
"""By panel and query."""
