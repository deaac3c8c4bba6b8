"""The rule module: Prometheus in, Answer out.

``prometheus`` fetches, ``timeline`` parses, the rules in ``catalogue`` judge, ``judge`` folds their findings
into an ``Answer``. Fetching apart, everything here is a pure function of its arguments.
"""
