"""Make a blueprint of a reference: build it, run it, and write down what is seen."""
