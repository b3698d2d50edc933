"""The layout as data: the house table, the lock, a read-only tree, and the one writer."""
