"""Answers become rendered files, as a value; the engines are the only users of copier and cookiecutter."""
