/* The page for nowhere may stand for any address: its link is found from there. */
for (const one of ["handlers", "lessons", "slides", "handouts", "figures", "lite"]) {
  const at = location.pathname.indexOf(`/${one}/`);
  if (at >= 0) {
    document.querySelector("main a")?.setAttribute("href", location.pathname.slice(0, at + 1));
  }
}
