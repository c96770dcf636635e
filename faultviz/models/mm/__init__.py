"""The generic code (memory) and the callers that are no handlers (gup, fixup, others).

Not here: a handler, which has its own file in `models`.
"""
