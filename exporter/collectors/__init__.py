"""The collectors, one subject a file; exporter/catalogue.py lists them."""
