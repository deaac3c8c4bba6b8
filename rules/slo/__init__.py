"""``slo.yaml``, the team's promise, and the Prometheus rules that are made from it: three families, one file each.

``python -m rules.slo [--check]`` writes compose/prometheus/rules/ from compose/slo.yaml.
"""
