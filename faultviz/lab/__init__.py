"""The lab: faults counted here and on kernels booted for it, recorded ones, simulated ones.

Rooms, bottom up: `recorded` (what was measured elsewhere, and what such numbers prove), `measure`
(this machine), `boot` (other kernels), `contention` (threads crowding at the lock). Not here: a
model, a widget, or the commands (`cli`).
"""
