"""The only files that import a template engine, and only when one is needed."""
