"""The generic code (memory) and the callers that are no handlers (gup, fixup, others)."""
