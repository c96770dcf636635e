"""A real JupyterHub on this machine: two learners each open lesson 00 and step its player.

The Hub is that of binder/hub; what is written there for Kubernetes is looked at for its form.
"""

import json
import re
from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import hubs
import pytest
import yaml
from cells import run_first

import faultviz as fv
from faultviz.start import jupyter

LEARNERS = ("ada", "grace")
KEYS = {
    "cull.enabled": bool, "cull.every": int, "cull.timeout": int, "hub.concurrentSpawnLimit": int,
    "hub.config.Authenticator": dict, "hub.config.JupyterHub": dict,
    "hub.config.SharedPasswordAuthenticator": dict,
    "prePuller.continuous.enabled": bool, "scheduling.userScheduler.enabled": bool,
    "singleuser.cpu.guarantee": float, "singleuser.cpu.limit": int, "singleuser.defaultUrl": str,
    "singleuser.extraEnv": dict, "singleuser.image.name": str, "singleuser.image.tag": str,
    "singleuser.lifecycleHooks.postStart": dict, "singleuser.memory.guarantee": str,
    "singleuser.memory.limit": str, "singleuser.networkPolicy.enabled": bool,
    "singleuser.storage.capacity": str,
}  # fmt: skip
"""Keys of the chart's schema, read in its version 4.4.0, with what they hold."""

FREE = {path for path, kind in KEYS.items() if kind is dict}
"""What lies below these is handed on as it is."""

pytestmark = pytest.mark.steps  # one session, from its first page on


@pytest.fixture(scope="module")
def hub(image, tmp_path_factory):
    """The address of a Hub, and where its learners' homes are."""
    homes = tmp_path_factory.mktemp("homes")
    port = jupyter.free_port("127.0.0.1", 18700)
    with hubs.hub(image, hubs.with_hub(image), port, homes):
        yield f"http://127.0.0.1:{port}", homes


@pytest.fixture(scope="module")
def learners(hub, browser):
    """Each learner's page on lesson 00, with the first player shown, side by side."""
    address, _ = hub
    bad, pages = [], {}
    with ExitStack() as open_:
        for name in LEARNERS:
            pages[name] = hubs.learner(open_, browser, address, name, bad)
        for page in pages.values():
            run_first(page)
            page.wait_for_selector(".fv-player svg .node", timeout=60_000)
        yield pages
    assert bad == []


def test_two_learners_step_the_player_each_their_own(learners):
    """What one does the other does not see."""
    first, second = learners.values()
    here = fv.play("mips", "before", view="first", gate=True)
    gate, steps = here.trace_gates[0], here.trace.steps
    hubs.answer_gate(first, gate, miss=False)
    assert hubs.step(first) == steps[gate.n].node
    assert hubs.step(second, 0) == steps[0].node
    hubs.answer_gate(second, gate, miss=True)
    assert hubs.step(second) == steps[gate.n].node


def test_each_has_copies_and_answers_of_their_own(hub, learners):
    """In their own home, without outputs."""
    _, homes = hub
    for name, page in learners.items():
        copy = json.loads((homes / name / "work/00-start.ipynb").read_text())
        assert not any(cell.get("outputs") for cell in copy["cells"])
        assert f"/user/{name}/" in page.url


def test_the_hub_listens_to_this_machine_only(hub):
    """It knows no passwords."""
    address, _ = hub
    port = urlsplit(address).port
    listening = hubs.listening()
    assert {host for host, at in listening if at in (port, port + 1, port + 2)} == {"127.0.0.1"}


# --- for Kubernetes, unrun -----------------------------------------------------------------------


def leaves(values, path=""):
    """Each setting of a values file with its path."""
    for key, value in values.items():
        here = f"{path}{key}"
        if isinstance(value, dict) and here not in FREE:
            yield from leaves(value, f"{here}.")
        else:
            yield here, value


def test_the_values_have_the_charts_keys(repo):
    """YAML, and no key that the chart's schema does not know: helm would refuse it."""
    values = yaml.safe_load((repo / "binder/hub/values.yaml").read_text())
    found = dict(leaves(values))
    assert found.keys() == KEYS.keys()
    assert {path for path, value in found.items() if not isinstance(value, KEYS[path])} == set()


def test_the_image_is_this_version_and_opens_a_lesson_that_its_hook_makes(repo):
    """With the same folder as the command that builds it."""
    single = yaml.safe_load((repo / "binder/hub/values.yaml").read_text())["singleuser"]
    told = (repo / "binder/hub/README.md").read_text()
    assert single["image"]["tag"] == fv.__version__
    assert f"--image-name REGISTRY/faultviz:{fv.__version__}" in told
    (root,) = re.findall(r"--target-repo-dir (\S+)", told)
    *module, clone, home = single["lifecycleHooks"]["postStart"]["exec"]["command"]
    assert module == ["python", "-m", "faultviz.start.copies"]
    assert clone == root
    assert single["extraEnv"]["FAULTVIZ_WORK"] == f"{home}/work"
    assert single["defaultUrl"] == f"/lab/tree/{jupyter.FIRST}"


def test_a_hub_on_the_internet_has_no_password_that_everybody_knows(repo, hub, image):
    """With those of the file the Hub refuses to start; it says which is too short."""
    config = yaml.safe_load((repo / "binder/hub/values.yaml").read_text())["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] == "shared-password"
    passwords = config["SharedPasswordAuthenticator"]
    assert [*passwords] == ["user_password", "admin_password"]
    code = (
        "from jupyterhub.authenticators.shared import SharedPasswordAuthenticator as Shared\n"
        f"for name, value in {passwords}.items():\n"
        "    try:\n"
        "        Shared(**{name: value})\n"
        "    except ValueError as problem:\n"
        "        print(problem)\n"
    )
    said = image.run(image.python, "-c", code).splitlines()
    assert [name in line for name, line in zip(passwords, said, strict=True)] == [True, True]
    assert all("must be at least" in line for line in said)


def test_the_chart_and_the_hub_that_is_tested_are_of_one_kind(repo):
    """Chart 4.4.0 runs JupyterHub 5.5.0."""
    assert "jupyterhub==5.5.0\n" in (repo / "binder/hub/requirements.txt").read_text()
    for name in ("README.md", "values.yaml", "requirements.txt"):
        assert "4.4.0" in (repo / "binder/hub" / name).read_text()
    assert hubs.PROXY in (repo / "binder/hub/README.md").read_text()


def test_the_link_opens_a_lesson_that_there_is(repo):
    """As nbgitpuller reads it."""
    (link,) = re.findall(r"https://HUB/\S+", (repo / "binder/hub/README.md").read_text())
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    assert asked["branch"] == f"v{fv.__version__}"
    lab, tree, folder, *path = asked["urlpath"].split("/")
    assert (lab, tree) == ("lab", "tree")
    assert asked["repo"].endswith(f"/{folder}")
    assert repo.joinpath(*path).is_file()


def test_the_limit_has_room_for_what_was_measured(repo):
    """The memory of a learner, as the table says it."""
    told = (repo / "binder/hub/README.md").read_text()
    (measured,) = re.findall(r"a learner: JupyterLab and one lesson \| (\d+) MB", told)
    memory = yaml.safe_load((repo / "binder/hub/values.yaml").read_text())["singleuser"]["memory"]
    assert int(measured) <= int(memory["guarantee"].removesuffix("M"))
    assert memory["limit"] == "1G"
