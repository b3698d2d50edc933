"""Training and evaluation: the step, the entry points, and what a run leaves behind."""

import warnings

# A library's word to its own authors.
warnings.filterwarnings("ignore", "`isinstance.treespec, LeafSpec.` is deprecated", FutureWarning)
