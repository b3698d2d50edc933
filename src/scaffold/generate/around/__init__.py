"""Make a repository around a reference: what its blueprint tells becomes files.

The shipped house gives what every repository has; what belongs to its example is left out, and what
is known of the reference takes its place. None of the reference's source text is read.
"""
