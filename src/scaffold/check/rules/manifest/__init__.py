"""Rules about manifest."""
