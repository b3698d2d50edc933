"""Make a repository around many models, and run everything that it brings along."""
