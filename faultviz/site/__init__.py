"""The course as files for any web server: a JupyterLite that carries its own Python.

Rooms: `packages` (which wheels, fetched), `browser_python` (Pyodide with them), `lite` (the site),
`commands` (`faultviz lite`). They need a clone, the extra `faultviz[site]` and npm. Not here: pages
without a kernel.
"""
