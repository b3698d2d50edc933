"""Make a blueprint of a reference: build it, run it, and write down what is seen.

`inspected` works in this interpreter and needs torch; `inspected_elsewhere` asks another one.
"""
