"""Updates of a template beside copier and cruft: who loses an edit without a word."""
