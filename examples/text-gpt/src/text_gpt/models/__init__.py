"""The network, one module for each class of the reference; `parts.toml` says which of them are written."""
