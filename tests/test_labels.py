"""Every answer in every picture: nearest to its own edge, and on no node and no other answer.

Here: the SVG as a browser gets it, measured; nothing of what places the answers is used. Stored
pictures, all that the player can show, and the layout of where no Graphviz runs.
"""

import itertools
import json
import math
import re
import xml.etree.ElementTree as ET

import pytest

from faultviz import models
from faultviz.edit import ablate
from faultviz.picture import layout, shape, svg

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NEAR = 40  # px; what is farther away than this is not what an answer could belong to


def points(path):
    """Points on a path of M, L and C, at most 2 px apart."""
    at = None
    for command, said in re.findall(r"([MLC])([^MLC]*)", path):
        numbers = [float(n) for n in NUMBER.findall(said)]
        ends = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            at = ends[0]
            yield at
            continue
        hull = [at, *ends] if command == "C" else [at, at, ends[0], ends[0]]
        many = int(sum(math.dist(a, b) for a, b in itertools.pairwise(hull)) / 2) + 1
        for n in range(1, many + 1):
            t = n / many
            weights = [math.comb(3, k) * t**k * (1 - t) ** (3 - k) for k in range(4)]
            yield tuple(sum(w * p[i] for w, p in zip(weights, hull, strict=True)) for i in (0, 1))
        at = ends[-1]


def away(box, point):
    """How far a point is from left, top, right, bottom; 0 within."""
    left, top, right, bottom = box
    x, y = point
    return math.hypot(max(left - x, x - right, 0), max(top - y, y - bottom, 0))


def near(line, box, far):
    """The points of a line that may be as near to a box, and one that is not."""
    left, top, right, bottom = box[0] - far, box[1] - far, box[2] + far, box[3] + far
    return [(math.inf, 0), *(p for p in line if left <= p[0] <= right and top <= p[1] <= bottom)]


def overlap(a, b):
    """Whether two boxes share some px."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def faults(picture):
    """What stands wrong in one picture."""
    edges = [g for g in picture.iter(f"{SVG}g") if "edge" in g.get("class", "").split()]
    nodes = [
        (x, y, x + wide, y + high)
        for g in picture.iter(f"{SVG}g")
        if "node" in g.get("class", "").split()
        for x, y, wide, high in [map(float, g.get("data-box").split())]
    ]
    lines = []
    for edge in edges:
        tip = edge.find(f"{SVG}polygon").get("points").split()[0].split(",")
        path = edge.find(f"{SVG}path").get("d")
        lines.append([*points(f"{path}L{tip[0]},{tip[1]}")])
    said = {}
    for n, edge in enumerate(edges):
        text = edge.find(f"{SVG}text")
        if text is not None:
            half = shape.text_width(text.text) * 12 / 13 / 2
            x, y = float(text.get("x")), float(text.get("y"))
            said[n] = (x - half, y - 10, x + half, y + 2.5)
    left, top, wide, high = map(float, picture.get("viewBox").split())
    found = []
    for n, box in said.items():
        name = f"{edges[n].get('data-from')} -> {edges[n].get('data-to')}"
        own = min(away(box, p) for p in lines[n])
        for m, line in enumerate(lines):
            if m != n and (other := min(away(box, p) for p in near(line, box, own))) <= own:
                to = f"{edges[m].get('data-from')} -> {edges[m].get('data-to')}"
                found.append(f"{name}: {own:.1f} px off, and {other:.1f} px from {to}")
        if own > NEAR:
            found.append(f"{name}: {own:.0f} px from its edge")
        found += [f"{name}: on a node" for node in nodes if overlap(box, node)]
        found += [f"{name}: on another answer" for m in said if m != n and overlap(box, said[m])]
        if not (
            left <= box[0] and box[2] <= left + wide and top <= box[1] and box[3] <= top + high
        ):
            found.append(f"{name}: out of the picture")
    return found


NAMES = (*models.HANDLERS, *models.ENTRIES, *models.LATER, models.GENERIC)


@pytest.mark.parametrize("rendered", [True, False], ids=["stored", "plainer"])
@pytest.mark.parametrize("name", NAMES)
def test_each_answer_belongs_to_its_edge(name, rendered, monkeypatch):
    """Each function in each revision, whole or cut: as it is stored, and where nothing renders."""
    if not rendered:
        monkeypatch.setattr(layout, "can_render", lambda: False)
        monkeypatch.setattr(layout, "_stored", lambda _: {})
    seen, said = set(), []
    program = models.load(name)
    for whole in map(program.at, program.revisions):
        cuts = filter(None, (ablate.without(whole, role) for role in ablate.ROLES if rendered))
        for one in (whole, *cuts):
            for of, function in one.functions.items():
                key = layout.digest(shape.dot(function).source)
                if key not in seen and (of not in GENERIC or name == models.GENERIC):
                    seen.add(key)
                    picture = ET.fromstring(svg.svg(one, of, style=False))  # noqa: S314 (our own)
                    said += [f"{one.revision} {of}: {fault}" for fault in faults(picture)]
    assert seen
    assert said == []


GENERIC = models.load(models.GENERIC).functions.keys()


def stored(repo):
    """Every picture that lies in a file: of its own, or in a lesson."""
    for file in sorted((repo / "figures").rglob("*.svg")):
        yield file.name, file.read_text("utf-8")
    for file in sorted((repo / "notebooks").glob("*.ipynb")):
        for cell in json.loads(file.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                for kind in ("image/svg+xml", "text/html"):
                    text = "".join(output.get("data", {}).get(kind, []))
                    for one in re.findall(r"<svg.*</svg>", text, re.DOTALL):
                        yield file.name, one


def test_each_answer_belongs_to_its_edge_in_what_is_stored(repo):
    """Figures, and the stills of lessons."""
    said, asked = [], 0
    for name, text in stored(repo):
        for picture in ET.fromstring(text).iter(f"{SVG}svg"):  # noqa: S314 (our own)
            if picture.get("class") == "fv-svg" and picture.get("viewBox"):
                asked += 1
                said += [f"{name}: {fault}" for fault in faults(picture)]
    assert asked > 10
    assert said == []
