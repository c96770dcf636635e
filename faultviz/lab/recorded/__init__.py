"""What was measured elsewhere, shipped as CSV, and what such numbers prove.

Not here: anything measured on this machine (`lab.measure`).
"""
