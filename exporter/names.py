"""Every metric and label that the exporter writes; nowhere else is one spelled.

Host metrics carry node_exporter's own names, types, help and labels (compared with node_exporter 1.5), so that a
board, a rule or an alert reads either exporter. Named processes carry those of process-exporter.
"""

from __future__ import annotations

from typing import Final

# --- host, as node_exporter names it --------------------------------------------------------------------------
NODE_CPU_SECONDS: Final = "node_cpu_seconds_total"
"""Counter, seconds, by ``cpu`` and ``mode``."""
NODE_CPU_GUEST_SECONDS: Final = "node_cpu_guest_seconds_total"
NODE_BOOT_TIME: Final = "node_boot_time_seconds"
NODE_CONTEXT_SWITCHES: Final = "node_context_switches_total"
NODE_FORKS: Final = "node_forks_total"
NODE_INTERRUPTS: Final = "node_intr_total"
NODE_PROCS_RUNNING: Final = "node_procs_running"
NODE_PROCS_BLOCKED: Final = "node_procs_blocked"

NODE_MEMORY: Final = "node_memory_"
"""What goes before a field of /proc/meminfo; those that rules read are named in full."""
NODE_MEMORY_TOTAL: Final = f"{NODE_MEMORY}MemTotal_bytes"
NODE_MEMORY_AVAILABLE: Final = f"{NODE_MEMORY}MemAvailable_bytes"
NODE_VMSTAT: Final = "node_vmstat_"
"""What goes before a field of /proc/vmstat."""
NODE_MAJOR_FAULTS: Final = f"{NODE_VMSTAT}pgmajfault"

NODE_LOAD1: Final = "node_load1"
NODE_LOAD5: Final = "node_load5"
NODE_LOAD15: Final = "node_load15"

NODE_DISK_READS: Final = "node_disk_reads_completed_total"
NODE_DISK_READS_MERGED: Final = "node_disk_reads_merged_total"
NODE_DISK_READ_BYTES: Final = "node_disk_read_bytes_total"
NODE_DISK_READ_TIME: Final = "node_disk_read_time_seconds_total"
NODE_DISK_WRITES: Final = "node_disk_writes_completed_total"
NODE_DISK_WRITES_MERGED: Final = "node_disk_writes_merged_total"
NODE_DISK_WRITTEN_BYTES: Final = "node_disk_written_bytes_total"
NODE_DISK_WRITE_TIME: Final = "node_disk_write_time_seconds_total"
NODE_DISK_IO_NOW: Final = "node_disk_io_now"
NODE_DISK_IO_TIME: Final = "node_disk_io_time_seconds_total"
NODE_DISK_IO_TIME_WEIGHTED: Final = "node_disk_io_time_weighted_seconds_total"
NODE_DISK_DISCARDS: Final = "node_disk_discards_completed_total"
NODE_DISK_DISCARDS_MERGED: Final = "node_disk_discards_merged_total"
NODE_DISK_DISCARDED_SECTORS: Final = "node_disk_discarded_sectors_total"
NODE_DISK_DISCARD_TIME: Final = "node_disk_discard_time_seconds_total"
NODE_DISK_FLUSHES: Final = "node_disk_flush_requests_total"
NODE_DISK_FLUSH_TIME: Final = "node_disk_flush_requests_time_seconds_total"

NODE_NETWORK: Final = "node_network_"
"""What goes before a column of /proc/net/dev, which ``_total`` follows."""
NODE_NETWORK_RECEIVED: Final = f"{NODE_NETWORK}receive_bytes_total"
NODE_NETWORK_SENT: Final = f"{NODE_NETWORK}transmit_bytes_total"
NODE_NETWORK_RECEIVE_DROPS: Final = f"{NODE_NETWORK}receive_drop_total"
NODE_NETWORK_SEND_DROPS: Final = f"{NODE_NETWORK}transmit_drop_total"
NODE_NETWORK_SPEED: Final = f"{NODE_NETWORK}speed_bytes"

NODE_NETSTAT: Final = "node_netstat_"
"""What goes before protocol and field of /proc/net/netstat, snmp and snmp6."""
NODE_LISTEN_OVERFLOWS: Final = f"{NODE_NETSTAT}TcpExt_ListenOverflows"
NODE_LISTEN_DROPS: Final = f"{NODE_NETSTAT}TcpExt_ListenDrops"
NODE_RETRANSMITS: Final = f"{NODE_NETSTAT}Tcp_RetransSegs"
NODE_ACTIVE_OPENS: Final = f"{NODE_NETSTAT}Tcp_ActiveOpens"
NODE_SOCKSTAT: Final = "node_sockstat_"
"""What goes before protocol and field of /proc/net/sockstat and sockstat6."""
NODE_TIME_WAIT: Final = f"{NODE_SOCKSTAT}TCP_tw"
NODE_SOCKETS: Final = f"{NODE_SOCKSTAT}TCP_inuse"

NODE_FILES: Final = "node_filefd_allocated"
NODE_FILES_LIMIT: Final = "node_filefd_maximum"

NODE_CPU_WAITING: Final = "node_pressure_cpu_waiting_seconds_total"
NODE_IO_WAITING: Final = "node_pressure_io_waiting_seconds_total"
NODE_IO_STALLED: Final = "node_pressure_io_stalled_seconds_total"
NODE_MEMORY_WAITING: Final = "node_pressure_memory_waiting_seconds_total"
NODE_MEMORY_STALLED: Final = "node_pressure_memory_stalled_seconds_total"

NODE_CONNTRACK: Final = "node_nf_conntrack_entries"
NODE_CONNTRACK_LIMIT: Final = "node_nf_conntrack_entries_limit"
NODE_CONNTRACK_STAT: Final = "node_nf_conntrack_stat_"
"""What goes before a column of /proc/net/stat/nf_conntrack."""

NODE_SOFTNET_PROCESSED: Final = "node_softnet_processed_total"
NODE_SOFTNET_DROPS: Final = "node_softnet_dropped_total"
NODE_SOFTNET_SQUEEZED: Final = "node_softnet_times_squeezed_total"

NODE_TIME: Final = "node_time_seconds"
NODE_UNAME: Final = "node_uname_info"

CPU: Final = "cpu"
MODE: Final = "mode"
DEVICE: Final = "device"

# --- named processes, as process-exporter names them ----------------------------------------------------------
PROCESSES: Final = "namedprocess_namegroup_num_procs"
PROCESS_CPU: Final = "namedprocess_namegroup_cpu_seconds_total"
PROCESS_MEMORY: Final = "namedprocess_namegroup_memory_bytes"
PROCESS_THREADS: Final = "namedprocess_namegroup_num_threads"
PROCESS_FILES: Final = "namedprocess_namegroup_open_filedesc"
PROCESS_FILES_RATIO: Final = "namedprocess_namegroup_worst_fd_ratio"
PROCESS_START: Final = "namedprocess_namegroup_oldest_start_time_seconds"

GROUP: Final = "groupname"
MEMORY_TYPE: Final = "memtype"

# --- the exporter on itself -----------------------------------------------------------------------------------
COLLECTOR_SUCCESS: Final = "loadline_exporter_collector_success"
COLLECTOR_AVAILABLE: Final = "loadline_exporter_collector_available"
COLLECTOR_DURATION: Final = "loadline_exporter_collector_duration_seconds"
COLLECTOR_AGE: Final = "loadline_exporter_collector_age_seconds"
COLLECTOR_LEFT_OUT: Final = "loadline_exporter_collector_left_out"
BUILD_INFO: Final = "loadline_exporter_build_info"

COLLECTOR: Final = "collector"
VERSION: Final = "version"
PYTHON_VERSION: Final = "python_version"

# --- EC2 ------------------------------------------------------------------------------------------------------
EC2_INSTANCE_INFO: Final = "ec2_instance_info"
"""Always 1; its labels are INSTANCE_LABELS."""
EC2_SPOT_INTERRUPTION: Final = "ec2_spot_interruption_timestamp_seconds"
"""Gauge by ``action``, there only after the notice."""

EC2_INSTANCE_VCPUS: Final = "ec2_instance_vcpus"
EC2_INSTANCE_MEMORY: Final = "ec2_instance_memory_bytes"
EC2_INSTANCE_NETWORK_BASELINE: Final = "ec2_instance_network_baseline_bytes_per_second"
EC2_INSTANCE_NETWORK_BURST: Final = "ec2_instance_network_burst_bytes_per_second"
EC2_INSTANCE_CPU_BASELINE: Final = "ec2_instance_cpu_baseline_ratio"
"""Share of all vCPUs that a burstable type earns, 0 to 1."""

EC2_BW_IN_EXCEEDED: Final = "ec2_network_bw_in_allowance_exceeded_total"
"""This and the next four: counters of packets by ``device``, since the driver was loaded."""
EC2_BW_OUT_EXCEEDED: Final = "ec2_network_bw_out_allowance_exceeded_total"
EC2_PPS_EXCEEDED: Final = "ec2_network_pps_allowance_exceeded_total"
EC2_CONNTRACK_EXCEEDED: Final = "ec2_network_conntrack_allowance_exceeded_total"
EC2_LINKLOCAL_EXCEEDED: Final = "ec2_network_linklocal_allowance_exceeded_total"
EC2_CONNTRACK_AVAILABLE: Final = "ec2_network_conntrack_allowance_available"
"""Gauge, connections by ``device``."""

EC2_CREDIT_BALANCE: Final = "ec2_cpu_credit_balance"
"""This and the next three: gauges, CPU credits (one vCPU for one minute), of the five minutes before the timestamp."""
EC2_CREDIT_USAGE: Final = "ec2_cpu_credit_usage"
EC2_SURPLUS_BALANCE: Final = "ec2_cpu_surplus_credit_balance"
EC2_SURPLUS_CHARGED: Final = "ec2_cpu_surplus_credits_charged"
EC2_CREDIT_TIMESTAMP: Final = "ec2_cpu_credit_timestamp_seconds"

INSTANCE_LABELS: Final = (
    "instance_id",
    "instance_type",
    "availability_zone",
    "region",
    "ami_id",
    "architecture",
    "life_cycle",
)
ACTION: Final = "action"

# --- containers, as cAdvisor names them -----------------------------------------------------------------------
CONTAINER_CPU_USAGE: Final = "container_cpu_usage_seconds_total"
CONTAINER_CPU_PERIODS: Final = "container_cpu_cfs_periods_total"
CONTAINER_CPU_THROTTLED_PERIODS: Final = "container_cpu_cfs_throttled_periods_total"
CONTAINER_CPU_THROTTLED_SECONDS: Final = "container_cpu_cfs_throttled_seconds_total"
CONTAINER_CPU_QUOTA: Final = "container_spec_cpu_quota"
"""Gauge, microseconds of CPU time in each period; absent without a limit."""
CONTAINER_CPU_PERIOD: Final = "container_spec_cpu_period"
CONTAINER_MEMORY_USAGE: Final = "container_memory_usage_bytes"
CONTAINER_MEMORY_WORKING_SET: Final = "container_memory_working_set_bytes"
CONTAINER_MEMORY_LIMIT: Final = "container_spec_memory_limit_bytes"
"""Gauge; absent without a limit, where cAdvisor says 0."""
CONTAINER_RECEIVE_BYTES: Final = "container_network_receive_bytes_total"
"""This and the next three: counters by ``interface``."""
CONTAINER_RECEIVE_DROPPED: Final = "container_network_receive_packets_dropped_total"
CONTAINER_TRANSMIT_BYTES: Final = "container_network_transmit_bytes_total"
CONTAINER_TRANSMIT_DROPPED: Final = "container_network_transmit_packets_dropped_total"
CONTAINER_START_TIME: Final = "container_start_time_seconds"
# What cAdvisor has no name for.
CONTAINER_RESTARTS: Final = "container_restarts_total"
CONTAINER_HEALTH: Final = "container_health_status"
"""Gauge by ``status`` (starting, healthy, unhealthy): 1 for the one that holds; absent without a health check."""

CONTAINER_LABELS: Final = ("name", "image", "container_label_com_docker_compose_service")
INTERFACE: Final = "interface"
STATUS: Final = "status"
