"""What a notebook shows of input that cannot be used: one sentence."""

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "import faultviz as fv\nfv.play('mps')":
        "There is no handler or entry 'mps'. Did you mean mips?",
    "from faultviz.base.errors import CannotHere\nraise CannotHere('Not on this machine.')":
        "Not on this machine.",
    "from faultviz.course.grading.answer_file import Newer\nraise Newer('Use a newer one.')":
        "Use a newer one.",
}  # fmt: skip


@pytest.mark.parametrize("source", CELLS)
def test_a_cell_shows_the_sentence_alone(source):
    """No traceback, in what is stored either; of every kind of bad input."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(book, kernel_name="python3", allow_errors=True).execute()
    (output,) = book.cells[0].outputs
    assert output.output_type == "error"
    (shown,) = output.traceback
    assert shown.startswith(CELLS[source])
    assert "\n" not in shown
    assert shown == output.evalue
