"""Simulated runs whose truth is known: k6's closed loop against a server of known construction.

``simulate(scenario, seed)`` returns the series as k6 would have written them, and what is true of the server;
``random_scenario(rng)`` draws a scenario from wide ranges.
"""

from tests.simulator.draw import random_scenario
from tests.simulator.limits import Limits
from tests.simulator.run import SimulatedRun, simulate
from tests.simulator.scenario import (
    Arrivals,
    Change,
    Endpoint,
    Generator,
    Hosts,
    Leak,
    Load,
    Outage,
    Output,
    Pauses,
    RateLimit,
    ScaleOut,
    Scenario,
    Server,
    Service,
    Tier,
)
from tests.simulator.truth import Truth

__all__ = [
    "Arrivals",
    "Change",
    "Endpoint",
    "Generator",
    "Hosts",
    "Leak",
    "Limits",
    "Load",
    "Outage",
    "Output",
    "Pauses",
    "RateLimit",
    "ScaleOut",
    "Scenario",
    "Server",
    "Service",
    "SimulatedRun",
    "Tier",
    "Truth",
    "random_scenario",
    "simulate",
]
