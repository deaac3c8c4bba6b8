"""Every metric, label and tag that the rules read or write; nowhere else is one spelled.

k6's names are those of its ``experimental-prometheus-rw`` output (k6 1.0 to 2.2): counters end in ``_total``,
a trend is one native histogram named ``…_seconds``, or one gauge per statistic (``…_p99``) in seconds.
"""

from __future__ import annotations

from typing import Final

from exporter import names as exporter

# --- written by k6 -------------------------------------------------------------------------------------------
VUS: Final = "k6_vus"
VUS_MAX: Final = "k6_vus_max"
HTTP_REQS: Final = "k6_http_reqs_total"
ITERATIONS: Final = "k6_iterations_total"
DROPPED_ITERATIONS: Final = "k6_dropped_iterations_total"
HTTP_REQ_DURATION: Final = "k6_http_req_duration_seconds"
HTTP_REQ_BLOCKED: Final = "k6_http_req_blocked_seconds"
ITERATION_DURATION: Final = "k6_iteration_duration_seconds"

TESTID: Final = "testid"
STATUS: Final = "status"
EXPECTED_RESPONSE: Final = "expected_response"
REQUEST_NAME: Final = "name"
URL: Final = "url"
GROUP: Final = "group"
SCENARIO: Final = "scenario"
PROBE: Final = "probe"
"""A tag of k6/probe.js alone: its requests are those of every day, and no load test."""
PART: Final = "part"
"""A tag of each k6 process of a run that consists of several, one after another: rules/parts.py has its values."""
PROCESS: Final = "instance_id"
"""By which k6-operator (pkg/resources/jobs/runner.go), and our docs, tell k6 processes of one run apart."""
ERROR: Final = "error"
ERROR_CODE: Final = "error_code"

# --- told by k6 of itself, at /metrics of its REST API (k6 1.2 on, where it has an address) ---------------------
WATCH_JOB: Final = "watch"
K6_JOB: Final = "k6"
"""The scrape job; process_ and go_ metrics are what every Go program tells, so the job says whose they are."""
PROCESS_CPU: Final = "process_cpu_seconds_total"
PROCESS_MEMORY: Final = "process_resident_memory_bytes"
PROCESS_FILES: Final = "process_open_fds"
PROCESS_FILES_LIMIT: Final = "process_max_fds"
GO_MAX_PROCS: Final = "go_sched_gomaxprocs_threads"

# --- read from node_exporter or from our exporter (the same names) --------------------------------------------
NODE_CPU: Final = exporter.NODE_CPU_SECONDS
NODE_MEMORY_TOTAL: Final = exporter.NODE_MEMORY_TOTAL
NODE_MEMORY_AVAILABLE: Final = exporter.NODE_MEMORY_AVAILABLE

NODE_LOAD1: Final = exporter.NODE_LOAD1
NODE_MAJOR_FAULTS: Final = exporter.NODE_MAJOR_FAULTS
NODE_CPU_WAITING: Final = exporter.NODE_CPU_WAITING
NODE_MEMORY_WAITING: Final = exporter.NODE_MEMORY_WAITING
NODE_IO_WAITING: Final = exporter.NODE_IO_WAITING
NODE_DISK_IO_TIME: Final = exporter.NODE_DISK_IO_TIME
NODE_NETWORK_RECEIVED: Final = exporter.NODE_NETWORK_RECEIVED
NODE_NETWORK_SENT: Final = exporter.NODE_NETWORK_SENT
NODE_NETWORK_SPEED: Final = exporter.NODE_NETWORK_SPEED
NODE_NETWORK_RECEIVE_DROPS: Final = exporter.NODE_NETWORK_RECEIVE_DROPS
NODE_NETWORK_SEND_DROPS: Final = exporter.NODE_NETWORK_SEND_DROPS
NODE_SOFTNET_DROPS: Final = exporter.NODE_SOFTNET_DROPS
NODE_LISTEN_OVERFLOWS: Final = exporter.NODE_LISTEN_OVERFLOWS
NODE_LISTEN_DROPS: Final = exporter.NODE_LISTEN_DROPS
NODE_RETRANSMITS: Final = exporter.NODE_RETRANSMITS
NODE_ACTIVE_OPENS: Final = exporter.NODE_ACTIVE_OPENS
NODE_TIME_WAIT: Final = exporter.NODE_TIME_WAIT
NODE_SOCKETS: Final = exporter.NODE_SOCKETS
NODE_FILES: Final = exporter.NODE_FILES
NODE_FILES_LIMIT: Final = exporter.NODE_FILES_LIMIT
NODE_CONNTRACK: Final = exporter.NODE_CONNTRACK
NODE_CONNTRACK_LIMIT: Final = exporter.NODE_CONNTRACK_LIMIT
NODE_PROCS_RUNNING: Final = exporter.NODE_PROCS_RUNNING
NODE_OOM_KILLS: Final = f"{exporter.NODE_VMSTAT}oom_kill"
NODE_IO_STALLED: Final = exporter.NODE_IO_STALLED
NODE_MEMORY_STALLED: Final = exporter.NODE_MEMORY_STALLED
NODE_DISK_IO_TIME_WEIGHTED: Final = exporter.NODE_DISK_IO_TIME_WEIGHTED
NODE_DISK_READ_BYTES: Final = exporter.NODE_DISK_READ_BYTES
NODE_DISK_WRITTEN_BYTES: Final = exporter.NODE_DISK_WRITTEN_BYTES
NODE_SOFTNET_SQUEEZED: Final = exporter.NODE_SOFTNET_SQUEEZED

# --- read from our exporter, or from cAdvisor (the same names) ------------------------------------------------
CONTAINER_CPU_USAGE: Final = exporter.CONTAINER_CPU_USAGE
CONTAINER_CPU_QUOTA: Final = exporter.CONTAINER_CPU_QUOTA
CONTAINER_CPU_PERIOD: Final = exporter.CONTAINER_CPU_PERIOD
CONTAINER_CPU_PERIODS: Final = exporter.CONTAINER_CPU_PERIODS
CONTAINER_CPU_THROTTLED_PERIODS: Final = exporter.CONTAINER_CPU_THROTTLED_PERIODS
CONTAINER_CPU_THROTTLED_SECONDS: Final = exporter.CONTAINER_CPU_THROTTLED_SECONDS
CONTAINER_MEMORY: Final = exporter.CONTAINER_MEMORY_WORKING_SET
CONTAINER_MEMORY_LIMIT: Final = exporter.CONTAINER_MEMORY_LIMIT
CONTAINER_RECEIVE_DROPS: Final = exporter.CONTAINER_RECEIVE_DROPPED
CONTAINER_SEND_DROPS: Final = exporter.CONTAINER_TRANSMIT_DROPPED
CONTAINER: Final = "name"

# --- read from our exporter, or from process-exporter (the same names) ----------------------------------------
NAMED_CPU: Final = exporter.PROCESS_CPU
NAMED_MEMORY: Final = exporter.PROCESS_MEMORY
NAMED_FILES: Final = exporter.PROCESS_FILES
NAMED_FILES_RATIO: Final = exporter.PROCESS_FILES_RATIO
PROCESS_GROUP: Final = exporter.GROUP
MEMORY_TYPE: Final = exporter.MEMORY_TYPE
K6_GROUP: Final = "k6"
"""The group that holds k6 itself: never the server's, whichever machine it is on."""

# --- read from our exporter alone ----------------------------------------------------------------------------
EC2_BW_IN_EXCEEDED: Final = exporter.EC2_BW_IN_EXCEEDED
EC2_BW_OUT_EXCEEDED: Final = exporter.EC2_BW_OUT_EXCEEDED
EC2_PPS_EXCEEDED: Final = exporter.EC2_PPS_EXCEEDED
EC2_CONNTRACK_EXCEEDED: Final = exporter.EC2_CONNTRACK_EXCEEDED
EC2_LINKLOCAL_EXCEEDED: Final = exporter.EC2_LINKLOCAL_EXCEEDED
EC2_CREDIT_BALANCE: Final = exporter.EC2_CREDIT_BALANCE
EC2_SURPLUS_BALANCE: Final = exporter.EC2_SURPLUS_BALANCE
EC2_CREDIT_TIMESTAMP: Final = exporter.EC2_CREDIT_TIMESTAMP
EC2_CREDIT_USAGE: Final = exporter.EC2_CREDIT_USAGE
EC2_INSTANCE_INFO: Final = exporter.EC2_INSTANCE_INFO
EC2_NETWORK_BASELINE: Final = exporter.EC2_INSTANCE_NETWORK_BASELINE
EC2_CPU_BASELINE: Final = exporter.EC2_INSTANCE_CPU_BASELINE
EC2_CONNTRACK_AVAILABLE: Final = exporter.EC2_CONNTRACK_AVAILABLE
INSTANCE_TYPE: Final = "instance_type"

CPU: Final = exporter.CPU
MODE: Final = exporter.MODE
DEVICE: Final = exporter.DEVICE
INSTANCE: Final = "instance"
JOB: Final = "job"
ROLE: Final = "role"
"""A target label, set by the scrape configuration: what the host is for in this test."""
ROLE_SERVER: Final = "server"
ROLE_GENERATOR: Final = "generator"
ROLE_BOTH: Final = "both"

# --- written by us -------------------------------------------------------------------------------------------
MAX_THROUGHPUT: Final = "loadline_max_throughput_requests_per_second"
MAX_THROUGHPUT_LOW: Final = "loadline_max_throughput_low_requests_per_second"
MAX_THROUGHPUT_HIGH: Final = "loadline_max_throughput_high_requests_per_second"
SLO_CAPACITY: Final = "loadline_slo_capacity_requests_per_second"
SLO_CAPACITY_LOW: Final = "loadline_slo_capacity_low_requests_per_second"
SLO_CAPACITY_HIGH: Final = "loadline_slo_capacity_high_requests_per_second"
KNEE_VUS: Final = "loadline_knee_vus"
VERDICT: Final = "loadline_verdict"
GENERATOR_VERDICT: Final = "loadline_generator_verdict"
BOTTLENECK: Final = "loadline_bottleneck_info"
BOTTLENECK_UTILISATION: Final = "loadline_bottleneck_utilisation_ratio"
RUN_START: Final = "loadline_run_start_timestamp_seconds"
RUN_END: Final = "loadline_run_end_timestamp_seconds"
LATENCY_LIMIT: Final = "loadline_latency_limit_seconds"
FAILURE_RATIO: Final = "loadline_failure_ratio"
PLANNED_VUS: Final = "loadline_planned_vus"
EVENT_TIMESTAMP: Final = "loadline_event_timestamp_seconds"
STOP_INFO: Final = "loadline_stop_info"
STOP_PLATEAU: Final = "loadline_stop_plateau_seconds"
STOP_HALF_WIDTH: Final = "loadline_stop_half_width_ratio"
STOP_KNEE_MULTIPLE: Final = "loadline_stop_knee_multiple_ratio"

VERDICT_LABEL: Final = "verdict"
RESOURCE: Final = "resource"
HOST: Final = "host"
"""Where the resource is; a label instance of ours would be renamed when Prometheus scrapes it."""
RULE: Final = "rule"
REASON: Final = "reason"
ANNOTATION_TAG: Final = "loadline"

# --- recorded and raised by our rules, rules/slo/ ---------------------------------------------------------------
WITHIN_LIMIT: Final = f"{TESTID}:k6_http_reqs_within_limit:rate40s"
GOOD_RATIO: Final = f"{TESTID}:k6_http_reqs_good:ratio_rate40s"
FAILED_RATIO: Final = f"{TESTID}:k6_http_reqs_failed:ratio_rate40s"
RATE_AT_LOSS: Final = f"{TESTID}:k6_http_reqs_when_slo_lost:rate40s"
SLO_OBJECTIVE: Final = "slo:objective:ratio"
SLO_REQUESTS: Final = "slo:requests:rate"
SLO_ERRORS: Final = "slo:errors:rate"
SLO_BURN_RATE: Final = "slo:burn_rate:ratio"
SLO_BUDGET_LEFT: Final = "slo:error_budget_remaining:ratio"
PROBE_HEARD: Final = f"{PROBE}:k6_vus:timestamp"

SLO_LOST: Final = "LoadlineLatencySLOLost"
FAILURES_STARTED: Final = "LoadlineFailuresStarted"
BURNING_FAST: Final = "LoadlineErrorBudgetBurnsFast"
BURNING_SLOWLY: Final = "LoadlineErrorBudgetBurnsSlowly"
UNMEASURED: Final = "LoadlineSLOUnmeasured"
WRITES_REFUSED: Final = "LoadlineWritesRefused"
WRITES_LOST: Final = "LoadlineRemoteWriteFailing"
TARGET_DOWN: Final = "LoadlineTargetDown"
GENERATOR_NEAR_LIMIT: Final = "LoadlineGeneratorNearLimit"
SAMPLES_STOPPED: Final = "LoadlineSamplesStopped"
PROBE_STOPPED: Final = "LoadlineProbeStopped"

ALERTNAME: Final = "alertname"
"""The label that Prometheus adds to each alert."""
SLO: Final = "slo"
WINDOW: Final = "window"
SEVERITY: Final = "severity"
AUDIENCE: Final = "audience"
LIMIT: Final = "limit"
"""Of what a load generator has much in use."""
WATCHER: Final = "watcher"
"""The audience of alerts that are a finding of a load test: they are shown, and page nobody."""

# --- told by Prometheus of itself, where it scrapes itself ------------------------------------------------------
UP: Final = "up"
HTTP_REQUESTS: Final = "prometheus_http_requests_total"
HANDLER: Final = "handler"
CODE: Final = "code"
REMOTE_SAMPLES_FAILED: Final = "prometheus_remote_storage_samples_failed_total"
REMOTE_SAMPLES_DROPPED: Final = "prometheus_remote_storage_samples_dropped_total"
