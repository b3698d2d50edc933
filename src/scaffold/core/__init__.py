"""The nouns that every room speaks: findings, verdicts, errors, exit codes."""
