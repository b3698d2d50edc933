"""The pytest plugin of generated repositories, and helpers for people's own tests."""
