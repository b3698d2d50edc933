"""Make a blueprint of a reference: build it, run it, and write down what is seen.

`ask.blueprint_of` is the way in; it needs torch only where the work is done in this interpreter.
"""
