"""All pictures of a program on one sheet, written to a file: .svg, .dot or .png.

Here: how several functions share a sheet. Not here: how one function is drawn (`svg`), or how a
file is written (`plain_files`).
"""

from __future__ import annotations

from pathlib import Path

from faultviz.base.errors import BadInput
from faultviz.base.extras import of_extra
from faultviz.base.plain_files import put
from faultviz.ir.graph import Program
from faultviz.picture.shape import dot
from faultviz.picture.svg import STYLE, svg

GAP = 24
HEAD = 26


def sheet_svg(program: Program) -> str:
    """The functions of a program beside each other, each under its name."""
    left, tallest, parts = 0, 0, []
    for name in program.functions:
        picture = svg(program, name, style=False)
        said = f'<text x="{left + picture.width / 2}" y="17" class="title">{name}</text>'
        parts.append(said + picture.at(x=left, y=HEAD))
        left += picture.width + GAP
        tallest = max(tallest, picture.height)
    size = f'width="{left - GAP}" height="{tallest + HEAD}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="fv-svg" {size}><style>{STYLE}'
        f'.fv-svg .title{{font-weight:bold}}</style><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(parts)}</svg>"
    )


def sheet_dot(program: Program) -> str:
    """The functions of a program as DOT, one digraph each, with the texts in the nodes."""
    sources = []
    for function in program.functions.values():
        graph = dot(function)
        for node in function.nodes.values():
            text = node.text.replace("\\", "\\\\").replace('"', '\\"')
            graph.body.append(f'\t"{node.id}" [label="{text}"]\n')
        sources.append(graph.source)
    return "\n".join(sources)


def png(picture: str) -> bytes:
    """An SVG as PNG; raises BadInput where the renderer is missing."""
    with of_extra("lab", "A .png, unlike a .svg,"):
        import resvg_py
    return bytes(resvg_py.svg_to_bytes(svg_string=picture))


def write(program: Program, file: str) -> Path:
    """Write the sheet to a file whose ending says how; the file is whole or not there."""
    path = Path(file)
    match path.suffix.lower():
        case ".svg":
            data = sheet_svg(program).encode()
        case ".dot":
            data = sheet_dot(program).encode()
        case ".png":
            data = png(sheet_svg(program))
        case other:
            raise BadInput(f"{file}: the ending {other!r} is none of .svg, .dot and .png.")
    return put(path, data)
