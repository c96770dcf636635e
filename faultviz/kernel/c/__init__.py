"""C text as graphs of statements, and what is said by hand of the kernel's functions.

Not here: what matters of them for the lock (`kernel.lower`).
"""
