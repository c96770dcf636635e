"""`faultviz kernels`: options and what is printed.

Not here: the boots (`booted`).
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from faultviz.base.errors import BadInput
from faultviz.cli.options import Excluding, as_json, print_json
from faultviz.cli.progress import progress
from faultviz.lab.boot.boot_result import CAVEAT, CAVEATS, table
from faultviz.lab.boot.booted import LIMIT, PAGES, REPEAT, boot
from faultviz.lab.boot.guest import EmulatedMachine
from faultviz.lab.measure.passes import COLUMNS

_paths = click.Path(path_type=Path)
MODEL = EmulatedMachine()


@click.command("kernels")
@click.argument("images", nargs=-1, type=_paths)
@click.option(
    "--deb", "debs", multiple=True, type=_paths,
    help="A kernel in a Debian package, which is not installed; may be repeated.",
)  # fmt: skip
@click.option(
    "--uml", "umls", multiple=True, type=_paths,
    help="User-mode Linux: the program linux.uml, or the package user-mode-linux.",
)  # fmt: skip
@click.option("--pages", default=PAGES, show_default=True, help="Fresh pages for each mode.")
@click.option("--repeat", default=REPEAT, show_default=True, help="Passes; medians are shown.")
@click.option(
    "--limit", default=float(LIMIT), show_default=True, help="Seconds that one kernel may take."
)
@click.option("--cpu", default=MODEL.cpu, show_default=True, help="QEMU's CPU model.")
@click.option(
    "--icount/--no-icount", default=True, show_default=True,
    help="Count executed instructions; without it a boot takes half as long.",
)  # fmt: skip
@as_json
@click.option(
    "--csv", "as_csv", is_flag=True, cls=Excluding, help="Print all passes, as the recorded files."
)
def kernels_command(
    images: tuple[Path, ...], debs: tuple[Path, ...], umls: tuple[Path, ...], pages: int,
    repeat: int, limit: float, cpu: str, icount: bool, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Boot real kernels in an emulator and count the faults of each, side by side.

    IMAGES are kernel images, such as vmlinuz-6.1.0-50-cloud-amd64. Needs qemu-system-x86_64 and a C
    compiler, no rights, and nothing is installed.
    """
    if not (images or debs or umls):
        raise BadInput(
            "Name a kernel: an image such as a vmlinuz of /boot, a Debian package with --deb, or "
            "user-mode Linux with --uml. On Debian and Ubuntu, apt-get download brings a package "
            "without installing it."
        )
    machine = MODEL._replace(cpu=cpu, icount=icount)
    with progress(live=True, at_once=True) as tell:
        made = list(
            boot(
                images, debs=debs, umls=umls, pages=pages, repeat=repeat, limit=limit,
                machine=machine, tell=tell,
            )
        )  # fmt: skip
    if as_json:
        print_json([one.as_dict() for one in made])
        return
    if as_csv:
        click.echo("".join([",".join(COLUMNS), "\n", *(one.csv() for one in made)]), nl=False)
        return
    click.echo(table(made))
    console = Console()
    for one in made:
        console.print(Text(f"{one.name}: {one.verdict}"))
    counted = any(one.instructions for one in made)
    console.print(Text(CAVEAT))
    if counted:
        console.print(Text(CAVEATS["instructions"]))
