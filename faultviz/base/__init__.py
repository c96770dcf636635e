"""What everybody needs: errors that reach a reader, chance from a seed, plain files, the version.

Not here: anything that knows what a page fault is.
"""
