"""Answers become rendered files, as a value; only the engines know copier and cookiecutter."""
