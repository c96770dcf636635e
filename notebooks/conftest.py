"""What nbval compares in a notebook's output, and where a notebook's answers go meanwhile.

Not compared: the pictures, which have tests of their own.
"""

import os
import tempfile

UNCOMPARED = ("image/svg+xml", "stderr")


def pytest_configure(config):
    """Answers go to a folder that goes with the tests: nobody's own answers change a notebook."""
    folder = tempfile.TemporaryDirectory(prefix="faultviz-work-")
    os.environ["FAULTVIZ_WORK"] = folder.name
    config.add_cleanup(folder.cleanup)


def pytest_itemcollected(item):
    """Widen the list of each notebook, whose attribute it is."""
    if hasattr(item.parent, "skip_compare"):
        item.parent.skip_compare = (*item.parent.skip_compare, *UNCOMPARED)
