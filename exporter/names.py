"""Every metric and label that the exporter writes; nowhere else is one spelled.

Host metrics carry node_exporter's own names, types and labels (compared with node_exporter 1.5), so that a
board, a rule or an alert reads either exporter.
"""

from __future__ import annotations

from typing import Final

# --- host, as node_exporter names it --------------------------------------------------------------------------
NODE_CPU_SECONDS: Final = "node_cpu_seconds_total"
"""Counter, seconds, by ``cpu`` and ``mode``."""
NODE_MEMORY_TOTAL: Final = "node_memory_MemTotal_bytes"
NODE_MEMORY_FREE: Final = "node_memory_MemFree_bytes"
NODE_MEMORY_AVAILABLE: Final = "node_memory_MemAvailable_bytes"
NODE_MEMORY_BUFFERS: Final = "node_memory_Buffers_bytes"
NODE_MEMORY_CACHED: Final = "node_memory_Cached_bytes"

CPU: Final = "cpu"
MODE: Final = "mode"

# --- the exporter on itself -----------------------------------------------------------------------------------
COLLECTOR_SUCCESS: Final = "loadline_exporter_collector_success"
COLLECTOR_AVAILABLE: Final = "loadline_exporter_collector_available"
COLLECTOR_DURATION: Final = "loadline_exporter_collector_duration_seconds"
COLLECTOR_AGE: Final = "loadline_exporter_collector_age_seconds"
COLLECTOR_LEFT_OUT: Final = "loadline_exporter_collector_left_out"

COLLECTOR: Final = "collector"
