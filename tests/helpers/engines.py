"""Browsers of other makers than Chromium's, each driven in the one way that its package brings.

Here: Firefox by WebDriver BiDi, WebKitGTK by WebDriver on a screen that nobody sees, and Chromium's
page by the same few words. Not here: what is looked at (`test_engines_browser`), whether a browser
is there (`machine`).
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 60  # seconds until what is waited for is missing
SETTINGS = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("ui.prefersReducedMotion", 1);
user_pref("remote.active-protocols", 1);
"""
"""Of a new profile: it asks nobody for anything."""
SIZE = {"width": 1280, "height": 720}
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012"}
"""Named as pages name them, and as WebDriver spells them."""
MIDDLE = """(one) => {
  one.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = one.getBoundingClientRect();
  const at = [Math.round(x + width / 2), Math.round(y + height / 2)];
  return one.contains(document.elementFromPoint(...at)) && at;
}"""
"""Of an element that nothing covers."""


class Engine(NamedTuple):
    """A window of a browser, by what all three can do."""

    open: Callable[[str], object]
    ask: Callable[[str], Any]
    """The value of an expression in the page."""
    press: Callable[[str], object]
    point: Callable[[int, int], object]
    """A click at a place of the window."""
    picture: Callable[[Path], object]

    def click(self, selector: str) -> None:
        """A click of the mouse on the first of these, once nothing covers it."""
        of = f"document.querySelector({json.dumps(selector)})"
        self.point(*self.until(f"{of} && ({MIDDLE})({of})"))

    def until(self, expression: str, pause: float = 0.05) -> Any:
        """The value of an expression once it is true. AssertionError where it never is."""
        end = time.monotonic() + PATIENCE
        while not (value := self.ask(expression)):
            assert time.monotonic() < end, f"never true: {expression}"
            time.sleep(pause)
        return value


def of_page(page: Any) -> Engine:
    """Chromium's, by Playwright."""
    return Engine(
        page.goto,
        page.evaluate,
        page.keyboard.press,
        page.mouse.click,
        lambda file: page.screenshot(path=file),
    )


@contextmanager
def firefox(program: str, home: Path) -> Iterator[Engine]:
    """Firefox, by WebDriver BiDi: it needs no driver of its own."""
    from selenium.webdriver.remote.websocket_connection import WebSocketConnection

    (home / "user.js").write_text(SETTINGS)
    told = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(home)]
    with subprocess.Popen(
        [program, *told, "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": str(home)},
    ) as started:  # fmt: skip
        try:
            assert started.stderr is not None
            found = (re.search(r"BiDi listening on (ws:\S+)", line) for line in started.stderr)
            address = next(one[1] for one in found if one)
            line = WebSocketConnection(f"{address}/session", PATIENCE, 0.01)

            def tell(method: str, **params: object) -> Any:
                answer = line.send_cmd(method, params)
                assert "error" not in answer, answer
                return answer["result"]

            tell("session.new", capabilities={})
            window = tell("browsingContext.getTree")["contexts"][0]["context"]

            def ask(expression: str) -> Any:
                made = tell(
                    "script.evaluate",
                    expression=f"(async () => JSON.stringify(await ({expression})))()",
                    target={"context": window}, awaitPromise=True,
                )["result"]  # fmt: skip
                return json.loads(made.get("value", "null"))

            def act(source: object) -> None:
                tell("input.performActions", context=window, actions=[source])

            def press(key: str) -> None:
                acts = [{"type": f"key{one}", "value": KEYS[key]} for one in ("Down", "Up")]
                act({"type": "key", "id": "keys", "actions": acts})

            def point(x: int, y: int) -> None:
                acts: list[object] = [{"type": "pointerMove", "x": x, "y": y}]
                acts += [{"type": f"pointer{one}", "button": 0} for one in ("Down", "Up")]
                act({"type": "pointer", "id": "mouse", "actions": acts})

            def picture(file: Path) -> None:
                data = tell("browsingContext.captureScreenshot", context=window)["data"]
                file.write_bytes(base64.b64decode(data))

            go = "browsingContext.navigate"
            tell("browsingContext.setViewport", context=window, viewport=SIZE)
            yield Engine(
                lambda url: tell(go, context=window, url=url, wait="interactive"),
                ask, press, point, picture,
            )  # fmt: skip
            line.close()
        finally:
            started.terminate()
            with suppress(subprocess.TimeoutExpired):
                started.wait(10)
            started.kill()


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees, by its name."""
    read, write = os.pipe()
    told = ["-screen", "0", "1280x800x24", "-nolisten", "tcp", "-displayfd", str(write)]
    with subprocess.Popen(
        [shutil.which("Xvfb") or "", *told], pass_fds=[write], stderr=subprocess.DEVNULL
    ) as started:
        os.close(write)
        try:
            with os.fdopen(read) as said:
                yield f":{said.readline().strip()}"
        finally:
            started.terminate()


@contextmanager
def webkit(program: str, home: Path) -> Iterator[Engine]:
    """WebKitGTK in the small browser that comes with its driver."""
    from selenium.webdriver import Remote, WebKitGTKOptions
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.remote.client_config import ClientConfig
    from selenium.webdriver.remote.remote_connection import RemoteConnection
    from selenium.webdriver.webkitgtk.service import Service

    with screen() as display:
        around = {
            **os.environ, "DISPLAY": display, "HOME": str(home), "XDG_RUNTIME_DIR": str(home),
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory",
        }  # fmt: skip
        options = WebKitGTKOptions()
        options.binary_location = program
        options.add_argument("--automation")

        def press(key: str) -> None:
            ActionChains(window).key_down(KEYS[key]).key_up(KEYS[key]).perform()

        def point(x: int, y: int) -> None:
            acts = ActionBuilder(window)
            acts.pointer_action.move_to_location(x, y).click()
            acts.perform()

        driver = Service(shutil.which("WebKitWebDriver"), env=around)
        driver.start()
        line = RemoteConnection(client_config=ClientConfig(driver.service_url))
        window = Remote(line, options=options)
        try:
            window.set_window_size(*SIZE.values())
            yield Engine(
                window.get,
                lambda expression: window.execute_script(f"return ({expression})"),
                press,
                point,
                lambda file: window.save_screenshot(str(file)),
            )
        finally:
            window.quit()
            driver.stop()
