"""Give a repository's tests one parameter per part of the reference."""
