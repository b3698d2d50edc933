"""The same over many repositories: check, plan, update, one report."""
