"""Show a comparison as one page: a file that asks nothing of the network, in light and dark."""

from scaffold.report.page.render import render

__all__ = ["render"]
