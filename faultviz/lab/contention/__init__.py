"""Many threads at one mmap_lock, simulated.

Not here: how it looks (`player.lanes`).
"""
