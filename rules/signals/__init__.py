"""Every PromQL expression of the product, by subject; the only PromQL in the repository."""
