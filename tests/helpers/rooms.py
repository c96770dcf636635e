"""The rooms of faultviz/, as they are: who imports whom, and the map that CONTRIBUTING shows.

Their one list is the contract of import-linter in pyproject.toml. Not here: what must hold
(`test_rooms`), or how the map is written anew (`anew`).
"""

import ast
import tomllib

CORE = ("base", "ir", "models", "engine", "picture", "player")
BEGIN, END = "<!-- the map: made by tests/helpers/anew.py -->\n```\n", "```\n"


def listed(repo):
    """The rooms, from the one that imports no other."""
    told = tomllib.loads((repo / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return tuple(told["contracts"][0]["layers"][::-1])


def modules(package):
    """Dotted names with their files."""
    return {
        ".".join(("faultviz", *file.relative_to(package).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): file
        for file in sorted(package.rglob("*.py"))
    }


def imported(file, known):
    """What a module imports, also inside functions, under TYPE_CHECKING, or by a name in a text."""
    tree = ast.parse(file.read_text("utf-8"))
    dotted = {*known} - {"faultviz"}
    # Whoever reads a package's data imports nothing of it.
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    readers = ("files", "texts", "phrases")
    data = {id(arg) for c in calls if ast.unparse(c.func).endswith(readers) for arg in c.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            for name in node.names:
                full = f"{node.module}.{name.name}"
                yield full if full in known else node.module
        elif isinstance(node, ast.Constant) and id(node) not in data and node.value in dotted:
            yield node.value


def graph(package):
    """Each module with what it imports of the package."""
    known = modules(package)
    return {name: {*imported(file, known)} & {*known} for name, file in known.items()}


def room(name):
    """The room of a module; nothing for the package itself."""
    return ".".join(name.split(".")[1:2])


def lines(folder):
    """How many lines its code has: Python, scripts and styles."""
    files = (file for end in ("py", "js", "css") for file in folder.rglob(f"*.{end}"))
    return sum(len(file.read_text("utf-8").splitlines()) for file in files)


def sentence(folder):
    """What a folder says of itself first."""
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    return said.split("\n", maxsplit=1)[0]


def drawn(repo):
    """The map: rooms in order, with their folders; `*` marks the core."""
    package = repo / "faultviz"
    rows = []
    for name in listed(repo):
        mark = "*" if name in CORE else " "
        rows.append(f"{mark} {name + '/':<12}{sentence(package / name)}")
        below = sorted(file.parent for file in (package / name).rglob("*/__init__.py"))
        rows += [f"    {f'{one.relative_to(package / name)}/':<18}{sentence(one)}" for one in below]
    return BEGIN + "\n".join(rows) + "\n" + END


def replaced(text, made):
    """CONTRIBUTING with the map in its place."""
    before, _, rest = text.partition(BEGIN)
    return before + made + rest[rest.index(END) + len(END) :]
