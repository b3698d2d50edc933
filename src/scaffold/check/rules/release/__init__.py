"""Rules about release."""
