"""Plant defects into reimplementations and see who finds them, where, and why."""
