"""Pure numerics: arrays in, numbers out. No HTTP, no Prometheus, no clock."""
