"""Server-side metrics for Prometheus: what only the host itself knows, one collector a file.

``catalogue`` lists the collectors, ``collector`` holds their contract and the guard around them, ``server``
answers ``/metrics``. Knows nothing of load tests: which host is the server and which the generator is a target
label, set by the scrape configuration.
"""
