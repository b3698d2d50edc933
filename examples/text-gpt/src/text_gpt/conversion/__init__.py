"""Which weight of ours is which of theirs: `weights.map.toml`, and the conversion that follows from it."""
