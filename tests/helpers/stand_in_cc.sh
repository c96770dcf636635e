#!/bin/bash
# In place of a cross compiler that cannot be had: sizes by this machine's gcc at the given word length, and the
# lists of headers; what the architecture alone knows (flags, intrinsics, the assembler) is left out.
set -e
if [ "$1" = -Wa,--version ]; then exec gcc "$@"; fi
args=() skip= object= makes=
for word in "$@"; do
    if [ "$skip" ]; then skip=; continue; fi
    if [ "$last" = -o ]; then object=$word; fi
    last=$word
    case $word in
        -G) skip=1 ;;
        -c) makes=1; args+=("$word") ;;
        -Wa,* | -mcmodel* | -mabi* | -march* | -mtune* | -msoft-float | -mno-* | -mhw-* | -mexplicit-relocs | \
            -mstrict-align | -G* | -mgp* | -mr0* | -mcustom* | -ffixed* | -mla-* | -pipe | -Werror*) ;;
        *) args+=("$word") ;;
    esac
done
mkdir -p "${TMPDIR:-/tmp}/stand-in-headers"
: > "${TMPDIR:-/tmp}/stand-in-headers/larchintrin.h"
args+=(-w "-I${TMPDIR:-/tmp}/stand-in-headers")
if [ "$makes" ] && [ "$object" ]; then
    gcc "$WORD" "${args[@]/#-c/-E}" > /dev/null
    exec gcc -c -x c /dev/null -o "$object"
fi
gcc "$WORD" "${args[@]}" || case "$*" in *asm-offsets*) : > "$object" ;; *) exit 1 ;; esac
