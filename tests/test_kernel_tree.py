"""Reading a tree: folders and archives, whole ones and bad ones."""

import io
import lzma
import os
import tarfile
from pathlib import Path

import pytest

from faultviz.base.errors import BadInput
from faultviz.kernel import find_tree
from faultviz.kernel.files.tree import WANTED, Tree

MAKEFILE = "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 7\nEXTRAVERSION =\nNAME = Some\n"
FILES = {
    "Makefile": MAKEFILE,
    "arch/toy/mm/fault.c": "int f(void) { return 0; }\n",
    "mm/memory.c": "int g(void) { return 1; }\n",
    "drivers/big.c": "never read\n",
}


def tar(files, kind="", top="linux-6.1.7", extra=()):
    """An archive's bytes; `extra` are more members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{kind}") as archive:
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(f"{top}/{name}" if top else name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return out.getvalue()


def deb(inner, name="./usr/src/linux-source-6.1.tar.xz"):
    """A Debian package of one file."""
    data = lzma.compress(tar({name: inner}, top=""))
    made = b"!<arch>\n"
    for member, content in (("debian-binary", b"2.0\n"), ("data.tar.xz", data)):
        head = f"{member:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n"
        made += head.encode() + content + b"\n" * (len(content) % 2)
    return made


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def packed(home, data, name="k.tar"):
    file = home / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("kind", ["", "gz", "xz"])
def test_archives_are_read(home, kind):
    """Only the files that matter, with the version; a second time out of the cache."""
    file = packed(home, tar(FILES, kind))
    for _ in range(2):
        tree = Tree(file)
        assert tree.version == "6.1.7"
        assert tree.files() == ["Makefile", "arch/toy/mm/fault.c", "mm/memory.c"]
        assert tree.read("mm/memory.c") == FILES["mm/memory.c"]
    assert len(list((home / "cache").rglob("*.zip"))) == 1


def test_a_debian_package_is_read(home):
    """The archive within the archive within the package."""
    assert Tree(packed(home, deb(tar(FILES, "xz")), "k.deb")).version == "6.1.7"
    with pytest.raises(BadInput, match="holds no linux-source archive"):
        Tree(packed(home, deb(b"x", "./usr/share/doc/readme"), "other.deb"))


def test_a_folder_is_read(tmp_path):
    """The same files."""
    for name, text in FILES.items():
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert Tree(tmp_path / "tree").files() == ["Makefile", "arch/toy/mm/fault.c", "mm/memory.c"]


def test_a_damaged_cache_is_made_anew(home):
    """And one that cannot be written is no error."""
    file = packed(home, tar(FILES, "gz"))
    Tree(file)
    (kept,) = (home / "cache").rglob("*.zip")
    kept.write_bytes(b"PK no zip")
    assert Tree(file).version == "6.1.7"
    assert Tree(file).version == "6.1.7"
    (home / "cache" / "faultviz").rename(home / "gone")
    (home / "cache" / "faultviz").write_text("a file where a folder should be")
    assert Tree(file).version == "6.1.7"


def test_nothing_is_written_outside(home):
    """Members that point out are passed by, and so are links."""
    evil = tarfile.TarInfo("../../evil/arch/toy/mm/x.c")
    rooted = tarfile.TarInfo("/arch/toy/mm/y.c")
    link = tarfile.TarInfo("linux-6.1.7/arch/toy/mm/z.c")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard = tarfile.TarInfo("linux-6.1.7/arch/toy/mm/h.c")
    hard.type, hard.linkname = tarfile.LNKTYPE, "linux-6.1.7/arch/toy/mm/z.c"
    tree = Tree(packed(home, tar(FILES, "xz", extra=(evil, rooted, link, hard))))
    assert tree.files("arch/*/mm/*.c") == ["arch/toy/mm/fault.c"]
    assert tree.skipped == {"arch/toy/mm/z.c": "it is a link", "arch/toy/mm/h.c": "it is a link"}
    assert {p.name for p in home.iterdir()} <= {"k.tar", "cache"}


def test_links_in_a_folder(tmp_path):
    """A loop, and one that leads out, are reported."""
    for name, text in FILES.items():
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    mm = tmp_path / "tree/arch/toy/mm"
    (mm / "loop.c").symlink_to("loop.c")
    (tmp_path / "secret.c").write_text("int secret;")
    (mm / "out.c").symlink_to(tmp_path / "secret.c")
    (mm / "round").symlink_to("..")
    tree = Tree(tmp_path / "tree")
    assert tree.skipped["arch/toy/mm/out.c"] == "it is a link out of the tree"
    assert tree.skipped["arch/toy/mm/loop.c"].startswith("it cannot be read")
    assert tree.files("arch/*/mm/*.c") == ["arch/toy/mm/fault.c"]


@pytest.mark.parametrize(
    ("data", "why"), [(b"int \xff\xfe;", "it is not UTF-8 (byte 4)"), (b"\0\1\2", "it is no text")]
)
def test_what_is_no_text_is_skipped(home, data, why):
    """With the reason, which is also what a later reader is told."""
    tree = Tree(packed(home, tar({**FILES, "arch/odd/mm/fault.c": data}, "gz")))
    assert tree.skipped == {"arch/odd/mm/fault.c": why}
    with pytest.raises(BadInput, match=r"has no arch/odd/mm/fault\.c"):
        tree.read("arch/odd/mm/fault.c")


@pytest.mark.parametrize("kind", ["", "gz", "xz"])
def test_a_truncated_archive_is_one_sentence(home, kind):
    """However it is packed, and nothing of it is kept."""
    many = {f"arch/a{n}/mm/fault.c": os.urandom(999).hex() for n in range(60)}
    data = tar({**FILES, **many}, kind)
    with pytest.raises(BadInput, match=r"cannot be read as an archive .* Is it whole"):
        Tree(packed(home, data[: len(data) // 2]))
    assert not list((home / "cache").rglob("*.zip"))


def test_what_is_no_tree_is_said(home, tmp_path):
    """A place that is not there, an archive of something else, a file that is none."""
    with pytest.raises(BadInput, match="There is no kernel tree at /nowhere"):
        Tree("/nowhere")
    with pytest.raises(BadInput, match=r"is no kernel tree: it has no arch/\*/mm/\*\.c"):
        Tree(packed(home, tar({"Makefile": "all:\n"})))
    with pytest.raises(BadInput, match="cannot be read as an archive"):
        Tree(packed(home, b"just some text, and not even long"))
    with pytest.raises(BadInput, match="zstd"):
        Tree(packed(home, b"\x28\xb5\x2f\xfd" + b"0" * 600))
    with pytest.raises(BadInput, match="names no kernel version"):
        _ = Tree(packed(home, tar({**FILES, "Makefile": "all:\n"}))).version


def test_what_is_wanted_is_little():
    """The handlers and where constants come from, whatever else a tree has."""
    assert WANTED.fullmatch("arch/sparc/mm/fault_64.c")
    assert not WANTED.fullmatch("arch/sparc/mm/sub/fault.c")
    assert not WANTED.fullmatch("../mm/memory.c")


def test_the_real_archive_is_read(tree, archive):
    """Debian's package of 6.1: every handler's file is there, nothing is skipped."""
    assert tree.version.startswith("6.1.")
    assert tree.skipped == {}
    assert len(tree.files("arch/*/mm/*.c")) > 200
    assert Path(archive).name.startswith("linux-source")


@pytest.mark.parametrize(
    ("system", "says"), [("linux", "apt-get install linux-source-6.1"), ("emscripten", "a clone")]
)
def test_where_there_is_no_tree_a_sentence_says_what_to_do(monkeypatch, capsys, system, says):
    """A browser cannot install Debian's package."""
    monkeypatch.delenv("FAULTVIZ_TREE", raising=False)
    monkeypatch.setattr(Path, "glob", lambda *_: [])
    monkeypatch.setattr("faultviz.kernel.kernel_tree.sys.platform", system)
    found = find_tree()
    monkeypatch.undo()
    assert found is None
    assert says in capsys.readouterr().out


def test_where_nothing_reads_c_a_sentence_says_so(monkeypatch, capsys, tmp_path):
    """As on Binder: the lesson goes on without."""
    monkeypatch.setenv("FAULTVIZ_TREE", str(tmp_path))
    monkeypatch.setattr("faultviz.kernel.kernel_tree.find_spec", lambda _: None)
    assert find_tree() is None
    assert "faultviz[kernel]" in capsys.readouterr().out
