"""A widget in an empty page, without a kernel; and every kind of widget.

Here: the page, which is a model to the widget, and a call for each kind. Not here: what must hold
of them, or JupyterLab (conftest).
"""

from __future__ import annotations

import json
from urllib.parse import quote

WIDGETS = {
    "player": "fv.play('mips', 'before', gate=True)",
    "first view": "fv.play('s390', 'v3', 'COMPLETED', 'gmap,write', view='first')",
    "compare": "fv.play(fv.compare('mips'))",
    "lanes": "fv.lanes('before', writers=1)",
    "ask": "fv.ask('00-M4')",
    "check": "fv.ask('00a-check')",
    "sorter": "fv.sort9('label')",
    "find": "fv.exercise('find', '0')",
    "review": "fv.exercise('review', '0')",
    "write": "fv.exercise('write', '0')",
    "bench": "fv.bench('mips')",
    "quiz": "fv.quiz('pre')",
    "work": "fv.work()",
    "record": "fv.work().record_of_work()",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>player</title>
<style>{css}</style><body><main id="here"></main><script type="module">
const state = {state}, heard = [], page = window;
let changed = {{}};
const put = (name, value) => {{
  state[name] = value;
  for (const [what, act] of [...heard]) if (what === "change:" + name) act();
}};
page.model = {{
  get: (name) => state[name],
  set(name, value) {{
    if (state[name] === value) return;
    changed[name] = value;
    put(name, value);
  }},
  async save_changes() {{
    const sent = changed;
    changed = {{}};
    if (!page.kernel) return;
    for (const [name, value] of Object.entries(await page.kernel(sent))) {{
      if (JSON.stringify(state[name]) !== JSON.stringify(value)) put(name, value);
    }}
  }},
  on: (what, act) => heard.push([what, act]),
  off: (what, act) => heard.splice(heard.findIndex((h) => h[0] === what && h[1] === act), 1),
}};
page.heard = heard;
const {{ default: player }} = await import({script});
page.show = () => player.render({{ model: page.model, el: document.getElementById("here") }});
page.close = page.show();
page.ready = true;
</script>"""
OF_THE_LIBRARY = ("layout", "tabbable", "tooltip", "_esm", "_css")


def as_json(value):
    """A value within a page's script."""
    return json.dumps(value).replace("<", "\\u003c")


def shown(browser_page, player, width=880, height=720, motion="reduce", *, answers=False):
    """A widget in a page without a kernel, and without motion.

    With `answers` the widget itself answers, as in a kernel.
    """
    names = [
        name
        for name in player.keys
        if name not in OF_THE_LIBRARY
        and not name.startswith(("_model", "_view", "_dom", "_anywidget"))
    ]

    def told():
        return {name: getattr(player, name) for name in names}

    def kernel(changes):
        player.set_state(changes)
        return told()

    if answers:
        browser_page.expose_function("kernel", kernel)
    state = told()
    script = "data:text/javascript," + quote(str(player._esm))
    page = PAGE.format(css=player._css, state=as_json(state), script=as_json(script))
    browser_page.emulate_media(reduced_motion=motion)
    browser_page.set_viewport_size({"width": width, "height": height})
    browser_page.set_content(page)
    browser_page.wait_for_function("window.ready")
    browser_page.locator(".fv-desk, .fv-player, .fv-lanes, .fv-sheet, .fv-work").first.focus()
    return browser_page
