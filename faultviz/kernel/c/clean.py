"""Kernel C made readable for a parser that knows only C: annotations blanked, line numbers kept.

Here: what is blanked, and the macros that define functions. Not here: parsing (`parse`).
"""

from __future__ import annotations

import re

# By hand, for a text is read without its tree: 6.1 has them in a dozen headers that nothing else
# here needs, and five are none of 6.1's macros (older and newer kernels, the compiler).
_WORDS = """
    __kprobes asmlinkage __init __exit __always_inline noinline notrace __user __must_check __ref
    __refdata __sched __force __iomem __percpu __cold __pure __maybe_unused __weak __meminit
    __init_or_module nokprobe_inline __rcu __cpuidle noinline_for_stack __used __read_mostly
    __ro_after_init __initdata __noreturn __visible inline __inline __inline__ __nocfi
    __latent_entropy __meminitdata __randomize_layout __initconst __cacheline_aligned
    __page_aligned_bss __page_aligned_data __flatten __no_sanitize_address __no_kcsan __exitdata
    __paginginit __hot __no_profile __private __bpf_kfunc __cpuinit __deprecated
    __attribute_const__ __always_unused __packed __malloc fallthrough
"""
_WITH_ARGUMENT = (
    "__printf|__releases|__acquires|__section|__aligned|__must_hold|__counted_by|__cond_acquires"
    "|__attribute__|__alloc_size|__no_sanitize|__diag_ignore_all"
)
_BLANKED = re.compile(
    rf"\b(?:{_WITH_ARGUMENT})[ \t]*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
    rf"|\b(?:{'|'.join(sorted(_WORDS.split(), key=len, reverse=True))})\b"
    r"|^(?:NOKPROBE_SYMBOL|EXPORT_SYMBOL\w*|ALLOW_ERROR_INJECTION|\w+_initcall|module_init)"
    r"[ \t]*\([^)]*\);?",
    re.MULTILINE,
)
# DEFINE_X(name) or SYSCALL_DEFINE3(name, ...) begins a function's definition.
_DEFINES = re.compile(
    r"^(?:static[ \t]+)?(?:DEFINE_IDTENTRY\w*|DEFINE_INTERRUPT_HANDLER\w*|SYSCALL_DEFINE\d)"
    r"\((\w+)[^)]*\)(?=\s*\{)",
    re.MULTILINE,
)


def clean(source: str) -> str:
    """The same text, line for line, without what is no C.

    >>> clean("static int __kprobes f(void) { }")
    'static int            f(void) { }'
    """
    return _DEFINES.sub(_as_function, _BLANKED.sub(_blank, source))


def noreturns(source: str) -> frozenset[str]:
    """The functions that a file declares as never returning."""
    return frozenset(re.findall(r"\b__noreturn\b[\w\s*]*?\b(\w+)\s*\(", source))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group(0))


def _as_function(found: re.Match[str]) -> str:
    head = f"int {found.group(1)}()"
    lines = found.group(0).count("\n")
    return head + "\n" * lines
