"""The generic code, and callers that are no handlers: gup, fixup (futex, vfio, kvm), hmm_ksm.

Not here: a handler, which has its own file in `models`.
"""
