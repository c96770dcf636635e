"""The course as files for any web server: pages without a kernel, JupyterLite beside them.

Rooms: `site_pages` (one for each handler, pair, lesson, lecture), `index` (what leads to them),
`assemble` (all of it in a folder), `cli.site` (`faultviz site`). For JupyterLite, which carries its
own Python: `packages` (which wheels, fetched), `browser_python` (Pyodide with them), `jupyterlite`
(the site), `cli.lite` (`faultviz lite`); that needs the extra `faultviz[site]` and npm. Both need a
clone. Not here: how a lesson (`export`) or a handler (`player.pages`) becomes a page.
"""
