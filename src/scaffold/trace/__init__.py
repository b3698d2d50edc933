"""Run a torch module and see every call: what went in, what came out, in which order."""
