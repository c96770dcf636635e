"""What Binder makes of the folder binder/: its Dockerfile, and the lessons in its environment."""

import re
import subprocess
import venv
from concurrent.futures import ThreadPoolExecutor

import hashed
import hubs
import pytest

import faultviz
from faultviz.publish.site.packages import normal

REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
TOLD = ("--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan")


@pytest.fixture(scope="module")
def dockerfile(image, tmp_path_factory):
    """A function that gives what repo2docker would build, without Docker, with more options."""
    folder = tmp_path_factory.mktemp("repo2docker")
    venv.create(folder / "environment", with_pip=True)
    python = folder / "environment/bin/python"
    subprocess.run([python, *hubs.PIP, REPO2DOCKER], check=True)

    def told(*options):
        command = [python, "-m", "repo2docker", *TOLD, *options, image.clone]
        done = subprocess.run(
            command, cwd=folder, env={"HOME": str(folder)}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout + done.stderr

    return told


def test_binder_installs_the_pins_and_then_the_package(dockerfile):
    """In the Python of runtime.txt, and nothing of the folder above is taken for its own."""
    made = dockerfile()
    assert f"python={hubs.BINDER_PYTHON}" in made
    pins = made.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert pins < made.index("RUN ./binder/postBuild")
    assert "conda env update" not in made.partition("binder/requirements.txt")[2]


def test_the_image_of_a_hub_is_the_same_beside_the_home_folder(dockerfile, image):
    """As binder/hub/README.md has it: the lessons where no volume hides them, and nbgitpuller."""
    told = (image.clone / "binder/hub/README.md").read_text()
    (options,) = re.findall(r"jupyter-repo2docker (--target-repo-dir \S+).*?--appendix", told)
    (appendix,) = re.findall(r"--appendix '([^']+)'", told)
    made = dockerfile(*options.split(), "--appendix", appendix)
    assert made.index("ENV REPO_DIR=${REPO_DIR}") < made.index("RUN ./binder/postBuild")
    assert made.index("RUN ./binder/postBuild") < made.index(appendix)


def test_the_environment_holds_the_pins_and_the_package(image):
    """Each at its version, and no other version of it."""
    frozen = image.run(image.python, "-m", "pip", "freeze", "--all", "--exclude", "faultviz")
    folder = image.clone / "binder/requirements"
    wanted = [one for extra in ("lab", "lessons") for one in hashed.read(folder / f"{extra}.txt")]
    pins = {f"{one.name}{one.specifier}" for one in wanted if one.marker is None}
    assert {normal(pin) for pin in pins} <= {normal(line) for line in frozen.split()}
    where = "import faultviz; print(faultviz.__version__, faultviz.__file__)"
    version, file = image.run(image.python, "-P", "-c", where).split()
    assert version == faultviz.__version__
    assert "site-packages" in file


def test_every_lesson_runs_there(image):
    """The learner's copies, with the installed wheel."""
    lessons = sorted((image.clone / "work").glob("*.ipynb"))
    assert len(lessons) > 12
    convert = [image.python, "-P", "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]

    def run(lesson):
        return image.run(
            *convert, "--output-dir", image.clone / "done", lesson, PYTHONSAFEPATH="1",
            FAULTVIZ_WORK=str(image.clone / "done" / lesson.stem),
        )  # fmt: skip

    with ThreadPoolExecutor(2) as both:
        list(both.map(run, lessons))
    assert len(list((image.clone / "done").glob("*.ipynb"))) == len(lessons)


def test_the_badge_names_the_tag_of_this_version(repo):
    """And opens a copy that postBuild makes."""
    (tag, path) = re.findall(
        r"mybinder\.org/v2/gh/[\w-]+/faultviz/([^?]+)\?urlpath=lab/tree/(\S+?)\)",
        (repo / "README.md").read_text(),
    )[0]
    assert tag == f"v{faultviz.__version__}"
    folder, name = path.split("/")
    assert folder == "work"
    assert (repo / "notebooks" / name).is_file()
