"""Kernels booted under an emulator, or as a process, and what they count.

Not here: this machine's own kernel (`lab.measure`).
"""
