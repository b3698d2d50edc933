"""The layout as data, a read-only view of a folder, and the one writer."""
