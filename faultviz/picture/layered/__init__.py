"""A layout where no Graphviz runs: layers, then coordinates.

Not here: which of the two layouts is taken (`picture.layout`).
"""
