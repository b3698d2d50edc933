"""The rules, one folder per family, one file and one page per rule."""
