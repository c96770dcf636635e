"""Real functions for reading: folded, named, and with their source beside them.

Not here: how a graph is drawn (`picture`).
"""
