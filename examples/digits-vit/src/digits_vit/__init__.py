"""A small vision transformer for handwritten digits, reengineered from its reference."""
