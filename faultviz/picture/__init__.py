"""From a graph to its SVG: shapes, a layout, and sheets of several.

Not here: anything that moves or is clicked (`player`).
"""
