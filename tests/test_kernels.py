"""Booting kernels: the archive, the files, the processes; and real ones, where there are any."""

from __future__ import annotations

import io
import json
import lzma
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import hosts
import pytest
from click.testing import CliRunner

from faultviz.base.errors import BadInput, CannotHere
from faultviz.cli.main import main
from faultviz.lab.boot import booted, initramfs
from faultviz.lab.boot.boot_result import Booted, BootPass, table
from faultviz.lab.boot.booted import boot
from faultviz.lab.boot.guest import EmulatedMachine, GuestOutput, command, run
from faultviz.lab.boot.image import Image, image

MODES = [
    "shared", "anon_shared", "private", "read_pass", "read_first", "already_dirty",
    "after_write2", "process_vm_writev", "proc_self_mem", "madv_populate_write",
]  # fmt: skip


def bzimage(name: bytes = b"6.1.0-me (who@where) #1", code: bytes = b"\xeb\xfe") -> bytes:
    """A kernel image that is nothing but a header; its first instruction jumps to itself."""
    head = bytearray(0x2000)
    head[0x1F1] = 4  # sectors of the setup
    head[0x1FE:0x200] = b"\x55\xaa"
    head[0x200:0x202] = code
    head[0x202:0x206] = b"HdrS"
    head[0x206:0x208] = b"\x04\x02"  # the protocol's version
    head[0x20E:0x210] = (0x200).to_bytes(2, "little")
    head[0x211] = 1  # loaded high
    head[0x22C:0x230] = (0x37FFFFFF).to_bytes(4, "little")  # where an initramfs may end
    head[0x400 : 0x400 + len(name)] = name
    return bytes(head)


def deb(files: dict[str, bytes], packed: str = "xz") -> bytes:
    """A Debian package: an ar archive of three files, the last a tar of the given ones."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    data = lzma.compress(inner.getvalue()) if packed == "xz" else b"\x28\xb5\x2f\xfd----"
    parts = {"debian-binary": b"2.0\n", "control.tar.xz": b"odd", f"data.tar.{packed}": data}
    out = b"!<arch>\n"
    for name, part in parts.items():
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(part):<10}`\n".encode()
        out += part + b"\n" * (len(part) % 2)
    return out


def written(file: Path, data: bytes | str, *, program: bool = False) -> Path:
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    if program:
        file.chmod(0o755)
    return file


def gone(number: int) -> bool:
    """Whether a process ends by itself at once: it was killed, and needs a moment to go."""
    end = monotonic() + 10
    while not (over := ended(number)) and monotonic() < end:
        pass
    return over


def ended(number: int) -> bool:
    """Whether a process has ended; a zombie that nobody waits for has."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def entries(archive: bytes) -> list[tuple[str, list[int], bytes]]:
    """What an archive in the format newc holds: names, the thirteen numbers, bytes."""
    at, found = 0, []
    while at < len(archive):
        assert archive[at : at + 6] == b"070701"
        assert at % 4 == 0
        numbers = [int(archive[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        name = archive[at + 110 : at + 110 + numbers[11]]
        assert name.endswith(b"\0")
        at += -(-(110 + numbers[11]) // 4) * 4
        found.append((name[:-1].decode(), numbers, archive[at : at + numbers[6]]))
        at += -(-numbers[6] // 4) * 4
    assert at == len(archive)
    return found


def test_the_initramfs_holds_the_program_and_a_console() -> None:
    """Read back as the kernel reads it: each header at a multiple of four, the trailer last."""
    found = {name: (numbers, data) for name, numbers, data in
             entries(initramfs.initramfs(b"\x7fELF!"))}  # fmt: skip
    assert list(found) == ["proc", "dev", "dev/console", "init", "TRAILER!!!"]
    assert found["init"][1] == b"\x7fELF!"
    assert oct(found["init"][0][1]) == "0o100755"
    numbers = found["dev/console"][0]
    assert oct(numbers[1]) == "0o20600"
    assert (numbers[9], numbers[10]) == (5, 1)


def test_no_compiler_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It names what to install, for this machine and for another processor."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"no C compiler for x86-64 \(cc, gcc, clang\).*libc6-dev"):
        initramfs.compiler("", "x86_64")
    with pytest.raises(BadInput, match=r"x86_64-linux-gnu-gcc\).*gcc-x86-64-linux-gnu"):
        initramfs.compiler(" ", "aarch64")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo first >&2; echo no libc >&2; exit 1", r"cc cannot build .*\(no libc\): it needs"),
        ("exit 1", r"\(no reason\)"),
        ('printf "\\177ELF" > "$6"', "builds no programs for x86-64"),
    ],
)
def test_a_compiler_that_cannot_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, says: str
) -> None:
    """Its last words are in it."""
    written(tmp_path / "cc", f"#!/bin/sh\n{script}\n", program=True)
    monkeypatch.setenv("CC", str(tmp_path / "cc"))
    with pytest.raises(BadInput, match=says):
        initramfs.build(tmp_path)


def test_a_compiler_that_is_not_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """CC may be anything."""
    monkeypatch.setenv("CC", "/nowhere/cc")
    with pytest.raises(BadInput, match=r"compiler cannot be used: .*/nowhere/cc"):
        initramfs.build(tmp_path)


def test_a_kernel_is_known_by_its_header(tmp_path: Path) -> None:
    """A bzImage says its version, an ELF file does not."""
    one = image(written(tmp_path / "vmlinuz", bzimage()), tmp_path)
    assert (one.target, one.version, one.name) == ("qemu", "6.1.0-me", "vmlinuz")
    elf = b"\x7fELF" + bytes(14) + b"\x3e\x00"
    two = image(written(tmp_path / "linux", elf), tmp_path, "um")
    assert (two.target, two.version) == ("um", "")


def test_a_kernel_comes_out_of_a_package(tmp_path: Path) -> None:
    """The first vmlinuz of it, and of user-mode Linux the program, which may then be run."""
    kernel = bzimage(b"5.10.0-me ")
    files = {"boot/config-5.10": b"CONFIG", "boot/vmlinuz-5.10.0-me": kernel}
    package = written(tmp_path / "linux-image.deb", deb(files))
    folder = tmp_path / "out"
    folder.mkdir()
    one = image(package, folder, deb=True)
    assert (one.name, one.target, one.version) == ("linux-image.deb", "qemu", "5.10.0-me")
    assert one.path.name == "vmlinuz-5.10.0-me"
    assert one.path.is_relative_to(folder)
    assert one.path.read_bytes() == kernel
    assert image(package, folder).path != one.path
    program = b"\x7fELF" + bytes(14) + b"\x3e\x00"
    package = written(tmp_path / "uml.deb", deb({"usr/bin/linux.uml": program}))
    two = image(package, folder, "um")
    assert os.access(two.path, os.X_OK)
    assert two.path.read_bytes() == program


@pytest.mark.parametrize(
    ("data", "target", "says"),
    [
        (b"hello", "qemu", r"file is no kernel image for x86-64: it begins neither"),
        (b"", "qemu", "no kernel image"),
        (bzimage()[:0x202], "qemu", "no kernel image"),
        (b"\x7fELF" + bytes(14) + b"\xb7\x00", "qemu", "no kernel image"),
        (bzimage(), "um", "no program for x86-64, which user-mode Linux would be"),
        (deb({"boot/config": b""}), "qemu", r"holds no boot/vmlinuz-: a package such as .* only"),
        (deb({"boot/vmlinuz-1": b"no"}), "qemu", "no kernel image"),
        (deb({}), "um", r"holds no usr/bin/linux\.uml: user-mode-linux is the package"),
        (deb({"boot/vmlinuz-1": bzimage()})[:300], "qemu", r"cannot be read as a Debian package"),
        (deb({}, "zst"), "qemu", r"packed with zstd.*dpkg-deb has unpacked may be named"),
        (b"!<arch>\n", "qemu", r"holds no data\.tar"),
    ],
)
def test_what_is_no_kernel_is_refused(tmp_path: Path, data: bytes, target: str, says: str) -> None:
    """Before anything is booted, with the reason."""
    with pytest.raises(BadInput, match=says):
        image(written(tmp_path / "file", data), tmp_path, target)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Missing, a folder, and an image where a package was promised."""
    with pytest.raises(BadInput, match="missing cannot be read: No such file"):
        image(tmp_path / "missing", tmp_path)
    with pytest.raises(BadInput, match="cannot be read: it is a folder"):
        image(tmp_path, tmp_path)
    with pytest.raises(BadInput, match=r"is no Debian package\. A kernel image is named without"):
        image(written(tmp_path / "vmlinuz", bzimage()), tmp_path, deb=True)


def test_qemu_missing_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its package's name; user-mode Linux does without."""
    monkeypatch.setenv("PATH", str(tmp_path))
    one = Image("k", tmp_path / "k", "qemu")
    with pytest.raises(BadInput, match=r"not on the PATH: install it .*qemu-system-x86"):
        command(one, tmp_path / "i", ["1"])
    words = command(one._replace(target="um"), tmp_path / "i", ["8", "2"])
    assert words[0] == str(tmp_path / "k")
    assert words[-3:] == ["--", "8", "2"]


def test_the_machine_is_emulated_alone_and_ends_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No disk, no network, no display; a panic ends it; instructions are counted if wanted."""
    written(tmp_path / "qemu-system-x86_64", "", program=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    one = Image("k", tmp_path / "k", "qemu")
    words = command(one, tmp_path / "i", ["8", "2"])
    assert words[words.index("-append") + 1] == "console=ttyS0 quiet panic=-1 -- 8 2"
    assert {"-nodefaults", "-no-user-config", "-no-reboot"} <= set(words)
    assert words[words.index("-accel") + 1] == "tcg"
    assert "-icount" in words
    assert "-icount" not in command(one, tmp_path / "i", [], EmulatedMachine(icount=False))


HANG = "exec tail -f /dev/null"


def script(folder: Path, name: str, text: str) -> Path:
    """A shell script that stands for a machine."""
    return written(folder / name, f"#!/bin/sh\n{text}\n", program=True)


def test_lines_are_heard_and_the_end_ends_the_machine(tmp_path: Path) -> None:
    """Nobody waits for it to switch itself off; what the kernel says is not the program's."""
    text = f"echo booting; printf 'faultviz kernel 6.1\\r\\nfaultviz end\\n'; {HANG}"
    heard: list[str] = []
    said = run([str(script(tmp_path, "m", text))], tmp_path, 60, heard.append)
    assert said.lines == ("faultviz kernel 6.1", "faultviz end")
    assert heard == list(said.lines)
    assert said.last == ("booting",)
    assert said.ended == "end"
    assert said.seconds < 50


def test_a_hang_ends_with_the_limit_and_all_its_processes(tmp_path: Path) -> None:
    """Also those that it started itself."""
    text = f"tail -f /dev/null & echo faultviz $$ $!; {HANG}"
    said = run([str(script(tmp_path, "m", text))], tmp_path, 0.5)
    assert said.ended == "limit"
    _, *numbers = said.lines[0].split()
    assert len(numbers) == 2
    assert all(gone(int(number)) for number in numbers)


def test_a_machine_that_talks_without_end_ends_with_the_limit(tmp_path: Path) -> None:
    """Without line ends, and more than anybody keeps."""
    said = run([str(script(tmp_path, "m", "exec tr '\\0' x < /dev/zero"))], tmp_path, 0.5)
    assert (said.ended, said.lines) == ("limit", ())


def test_a_machine_that_stops_early_leaves_its_last_words(tmp_path: Path) -> None:
    """Three lines of them, also one that did not end, also those on stderr."""
    text = "echo a; echo b; echo c >&2; printf d; exit 3"
    said = run([str(script(tmp_path, "m", text))], tmp_path, 60)
    assert said.ended == "exit"
    assert said.last == ("b", "c", "d")


def test_a_program_that_cannot_be_started_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as an ELF file for no machine."""
    monkeypatch.setenv("PATH", str(tmp_path))  # nobody watches
    file = written(tmp_path / "m", b"\x7fELF", program=True)
    with pytest.raises(BadInput, match=r"m cannot be started: Exec format error"):
        run([str(file)], tmp_path, 60)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the PATH with a compiler that compiles nothing."""
    elf = "printf '\\177ELF--------------\\076\\000' > \"$6\""
    script(tmp_path, "cc", elf)
    monkeypatch.setenv("CC", str(tmp_path / "cc"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


TOLD = """
echo "faultviz kernel 6.1.9"
for n in 0 1; do
    echo "faultviz row shared $n 8 1000 4${n}000 8 0 9"
    echo "faultviz row read_first $n 8 1000 40 0 0 0"
    echo "faultviz without madv_populate_write 22"
done
echo "faultviz end"
"""


def test_what_a_machine_tells_becomes_rows(fake: Path) -> None:
    """Medians over the repetitions, per page; and what the kernel refused."""
    script(fake, "qemu-system-x86_64", TOLD)
    kernel = written(fake / "vmlinuz", bzimage())
    told: list[tuple[str, int, int]] = []
    (one,) = boot([kernel], pages=8, tell=lambda *words: told.append(words))
    assert one.kernel == one.name == "6.1.9"
    assert [row.mode for row in one.rows] == ["shared", "read_first"]
    assert one.rows[0].pgfault_per_page == 9 / 8
    assert one.rows[0].seconds is None
    assert one.instructions == {"shared": 40500 / 8, "read_first": 5}
    assert one.without == {"madv_populate_write": "refused (Invalid argument)"}
    assert one.verdict.startswith("COMPLETED: ")
    assert told[0] == ("6.1.0-me", 0, 32)
    assert told[-1] == ("6.1.0-me", 8, 32)
    (timed,) = boot([kernel], pages=8, machine=EmulatedMachine(icount=False))
    assert timed.instructions == {}
    assert timed.rows[0].seconds == pytest.approx(1e-6)
    assert json.loads(json.dumps(timed.as_dict()))["caveat"].endswith("not of a real machine.")


def made(kernel: str, *passes: BootPass, target: str = "qemu", **without: str) -> Booted:
    return Booted(kernel, target, "vmlinuz", passes, without, target == "qemu", 1.0)


def test_the_table_holds_kernels_beside_each_other() -> None:
    """Mode by mode; what is missing says why."""
    old = made("5.10", BootPass("shared", 0, 8, 1, 797, 0, 8, -1), gup="refused (x)")
    shared, gup = (BootPass(mode, 0, 8, 1, 0, 8, 0, 8) for mode in ("shared", "gup"))
    new = made("6.1", shared, gup, target="um")
    lines = [line.split() for line in table([old, new]).splitlines()]
    assert lines[1] == ["shared", "5.10", "unknown", "0.000", "1.000", "100"]
    assert lines[2] == ["6.1", "(um)", "1.000", "1.000", "0.000", "-"]
    assert lines[3] == ["gup", "5.10", "refused", "(x)"]
    assert lines[4][0] == "6.1"


def test_two_traps_of_user_mode_linux_are_explained() -> None:
    """The verdict knows where it came from."""
    twice = BootPass("shared", 0, 8, 1, 0, 16, 0, 16)
    assert made("6.1.176", twice, target="um").verdict.startswith("COMPLETED, and two traps")
    assert made("6.1.176", twice).verdict.startswith("Unknown")
    assert made("6.12.1", twice, target="um").verdict.startswith("Unknown")


@pytest.mark.parametrize(
    ("counted", "answer"), [(8, "COMPLETED"), (0, "Two rounds"), (4, "Unknown")]
)
def test_gup_decides_what_a_store_cannot(counted: int, answer: str) -> None:
    """From 6.4 on a call that ends in RETRY is counted nowhere."""
    store = BootPass("shared", 0, 8, 1, 0, 8, 0, 8)
    gup = BootPass("process_vm_writev", 0, 8, 1, 0, counted, 0, counted)
    assert made("6.12.117", store).verdict.startswith("Undecided: ")
    assert made("6.12.117", store, gup).verdict.startswith(f"{answer}: ")
    assert made("6.1.1", store, gup).verdict.startswith("COMPLETED: ")


def test_passes_are_csv_in_the_recorded_columns() -> None:
    """Instructions where they were counted, else nanoseconds; um says what it is."""
    one = BootPass("shared", 0, 8, 900, 44000, 8, 0, 8)
    assert made("6.1", one).csv() == "qemu-icount,6.1,shared,-1,1,0,0,8,44000,8,0,8,1.000,0,0\n"
    assert made("6.1", one, target="um").csv().startswith("uml,6.1,shared,-1,1,0,0,8,900,8,")


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (GuestOutput((), ("Kernel panic - not syncing: VFS",), "exit", 1),
         "k did not boot. Its last words: Kernel panic - not syncing: VFS"),
        (GuestOutput((), (), "exit", 1), "k did not boot. It said nothing at all."),
        (GuestOutput(("faultviz kernel 6.1", "faultviz cannot mount /proc: No"), (), "exit", 1),
         "k stopped before it had counted. Its last words: faultviz cannot mount /proc: No"),
        (GuestOutput((), ("Booting",), "limit", 9),
         "k was ended after 9 s: it did not reach the counting program. Give a longer --limit"),
        (GuestOutput(("faultviz kernel 6.1",), (), "limit", 9), "6.1 was still counting"),
        (GuestOutput(("faultviz kernel 6.1", "faultviz end"), (), "end", 1),
         "before it had counted"),
        (GuestOutput(("faultviz kernel 6.1", "faultviz row shared 0 8 1 1 8 0 kernel: hello 8",
               "faultviz end"), (), "end", 1), "before it had counted"),
    ],
)  # fmt: skip
def test_a_kernel_that_did_not_count_is_a_sentence(said: GuestOutput, says: str) -> None:
    """What it was, what it said last, what to do."""
    with pytest.raises(BadInput) as refused:
        booted._booted(Image("k", Path("k"), "qemu"), said, 9, icount=True)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"pages": 0}, "pages is 0: give a number from 1 to 131072"),
        ({"pages": 1 << 18}, "pages is 262144"),
        ({"repeat": 0}, "repeat is 0"),
        ({"limit": 0}, "limit is 0: give the seconds"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(words: dict[str, int], says: str) -> None:
    """Before anything is made."""
    with pytest.raises(BadInput, match=says):
        next(boot([], **words))


def test_memory_for_the_machine_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It grows with the pages."""
    monkeypatch.setattr(booted, "available_bytes", lambda: 300 << 20)
    assert booted._machine(2048, 1, 1, EmulatedMachine()).memory == 280
    with pytest.raises(BadInput, match="has 352 MB, and 300 MB are available"):
        booted._machine(8192, 1, 1, EmulatedMachine())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Name a kernel"),
        (["/nowhere/vmlinuz"], "cannot be read"),
        (["x", "--json", "--csv"], "Choose --json or --csv"),
        (["--deb", "/nowhere/x.deb"], "cannot be read"),
        (["--uml", "/nowhere/linux"], "cannot be read"),
    ],
)
def test_the_command_refuses_in_one_sentence(words: Sequence[str], says: str) -> None:
    """On stderr, with exit code 2."""
    done = CliRunner().invoke(main, ["kernels", *words])
    assert done.exit_code == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_command_prints_rows_and_verdicts(fake: Path) -> None:
    """For people and for programs."""
    script(fake, "qemu-system-x86_64", TOLD)
    kernel = str(written(fake / "vmlinuz", bzimage()))
    done = CliRunner().invoke(main, ["kernels", kernel, kernel, "--json"])
    assert [one["kernel"] for one in json.loads(done.stdout)] == ["6.1.9", "6.1.9"]
    lines = CliRunner().invoke(main, ["kernels", kernel, kernel, "--csv"]).output.splitlines()
    assert len(lines) == 9
    assert lines[0].startswith("tag,kernel,mode,")
    said = CliRunner().invoke(main, ["kernels", kernel])
    assert said.exit_code == 0
    assert "6.1.9: COMPLETED" in said.output
    assert "An instruction is one" in said.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_leaves_nothing(fake: Path, number: signal.Signals) -> None:
    """A real signal to a real process: its machine is gone, and so are its files."""
    place = fake / "files"
    place.mkdir()
    told = fake / "told"
    os.mkfifo(told)
    script(fake, "qemu-system-x86_64", f"tail -f /dev/null & echo $$ $! > '{told}'; {HANG}")
    kernel = written(fake / "vmlinuz", bzimage())
    start = "from faultviz.__main__ import script; script()"
    words = [sys.executable, "-c", start, "kernels", str(kernel)]
    around = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(words, env=around, stderr=subprocess.PIPE) as child:
        numbers = [int(word) for word in told.read_text().split()]
        assert list(place.iterdir())
        assert not any(ended(one) for one in numbers)
        child.send_signal(number)
        assert child.stderr is not None
        said = child.stderr.read().decode()
        assert child.wait(30) == 128 + number
    assert "Traceback" not in said
    assert all(gone(one) for one in numbers)
    assert list(place.iterdir()) == []


def test_an_interrupted_notebook_goes_on(tmp_path: Path) -> None:
    """Ctrl-C is answered when the machine is gone, and means then what it meant before."""
    text = f"kill -INT {os.getpid()}; echo faultviz $$; {HANG}"
    lines: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run([str(script(tmp_path, "m", text))], tmp_path, 60, lines.append)
    assert all(gone(int(line.split()[1])) for line in lines)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_real_kernel_boots_and_counts(kernel_image: Path) -> None:
    """What the version promises, in every mode, with instructions; in a fraction of the limit."""
    (one,) = boot([kernel_image], pages=256, repeat=1)
    rows = {row.mode: row for row in one.rows}
    assert [*rows, *one.without] == MODES
    before = tuple(map(int, one.kernel.split(".")[:2])) < (6, 0)
    for mode in ("shared", "anon_shared"):
        assert rows[mode].minor_per_page == (0 if before else 1)
        assert rows[mode].major_per_page == (1 if before else 0)
        assert rows[mode].pgfault_per_page == (2 if before else 1)
    for mode in ("private", "read_pass", "already_dirty", "after_write2", "proc_self_mem"):
        assert (rows[mode].minor_per_page, rows[mode].major_per_page) == (1, 0)
    assert rows["process_vm_writev"].minor_per_page == (0 if before else 1)
    assert (rows["read_first"].minor_per_page, rows["read_first"].pgfault_per_page) == (0, 0)
    # Clearing 4096 bytes is in the one, and not in the other.
    assert 1000 < one.instructions["already_dirty"] < one.instructions["shared"] < 50_000
    assert one.instructions["read_first"] < 20
    assert one.verdict.split(":")[0] == ("Two rounds" if before else "COMPLETED")


def test_a_real_machine_that_hangs_is_ended(kernel_image: Path, tmp_path: Path) -> None:
    """An image that is a header and a jump to itself."""
    hang = written(tmp_path / "vmlinuz-hang", bzimage())
    with pytest.raises(BadInput, match=r"vmlinuz-hang was ended after 2 s: it did not reach"):
        next(boot([hang], limit=2))


def test_user_mode_linux_boots_and_counts(uml: Path) -> None:
    """In 6.1 each first write is two whole traps; before, two rounds; later, one."""
    (one,) = boot(umls=[uml], pages=256, repeat=1)
    rows = {row.mode: row for row in one.rows}
    version = tuple(map(int, one.kernel.split(".")[:2]))
    if version < (6, 0):
        expected = (0, 1)
    elif version < (6, 4):
        expected = (2, 0)
    else:
        expected = (1, 0)
    assert (rows["shared"].minor_per_page, rows["shared"].major_per_page) == expected
    assert (rows["private"].minor_per_page, rows["private"].major_per_page) == (1, 0)
    assert one.name.endswith(" (um)")
    assert one.instructions == {}


def test_user_mode_linux_that_starts_nothing_is_told_from_a_fault(
    uml: Path, fake: Path, tmp_path: Path
) -> None:
    """On a processor with AMX the real program dies as it starts its first process."""
    words = [sys.executable, "-m", "faultviz", "kernels", "--uml", str(uml)]
    done = subprocess.run(
        hosts.command_without_large_registers(*words), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "boots, but starts no process on this machine" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    # Here it can; what it is given by this compiler is no program, and that is not the machine.
    with pytest.raises(BadInput, match=r"did not boot|before it had counted") as refused:
        next(boot(umls=[uml], pages=8))
    assert not isinstance(refused.value, CannotHere)
