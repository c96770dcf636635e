"""The lab: `measure` counts faults on this machine, `recorded` ships counts from other kernels.

`pairs` has the recorded times, each beside its twin.
`touch` is what lays hands on the machine. No model, no widget and no drawing lives here.
"""
