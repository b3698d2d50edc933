"""One file per verb: parse, call, render, exit code."""


def main() -> None:
    """Run the command line."""
