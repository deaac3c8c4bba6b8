"""Grafana boards, written in Python: house style, boards, and the build that makes their JSON."""
