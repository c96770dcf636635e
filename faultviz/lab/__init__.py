"""The lab: faults counted here and on kernels booted for it, recorded ones, simulated ones.

On this machine: `measurement`, with its modes, what is free, what the numbers mean and their times
in `measure_*`; `touch` is what lays hands on memory. Kernels in an emulator: `booted` and
`kernels_*`; `init.c` is the program that they run. Recorded: `records` has counts, `pairs` times,
each beside its twin, `intervals` and `cost_formula` what these say. `simulation` lets threads crowd
at the lock. No model, no widget lives here.
"""
