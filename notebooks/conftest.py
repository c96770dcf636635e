"""What nbval compares in a notebook's output, and where a notebook's answers go meanwhile.

Not compared: pictures and HTML, which say what the text says and have tests of their own.
"""

import os
import tempfile
from pathlib import Path

import pytest

UNCOMPARED = ("image/svg+xml", "text/html", "stderr")
HOME = pytest.StashKey[Path]()


def pytest_configure(config):
    """Answers go to a folder that goes with the tests: nobody's own answers change a notebook."""
    folder = tempfile.TemporaryDirectory(prefix="faultviz-work-")
    config.stash[HOME] = Path(folder.name)
    config.add_cleanup(folder.cleanup)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Each notebook's reader has answered nothing before it; its kernel starts after this."""
    os.environ["FAULTVIZ_WORK"] = str(item.config.stash[HOME] / item.path.stem)


def pytest_itemcollected(item):
    """Widen the list of each notebook, whose attribute it is."""
    if hasattr(item.parent, "skip_compare"):
        item.parent.skip_compare = (*item.parent.skip_compare, *UNCOMPARED)
