// The script and the style of this page are packed below, as what it shows is: here they are unpacked.
(async () => {
  const fails = (problem) => {
    document.getElementById("fv-why").textContent = `This page cannot be stepped here: ${problem} What follows is the same as text.`;
    document.body.classList.add("as-text");
  };
  addEventListener("error", ({ message }) => fails(`${message}.`));
  addEventListener("unhandledrejection", ({ reason }) => fails(`${reason.message}.`));
  if (!window.DecompressionStream) {
    fails("the browser is older than the page. Chrome 123, Firefox 120, Safari 17.5 and later ones can.");
    return;
  }
  const bytes = Uint8Array.from(atob(document.getElementById("fv-code").textContent), (letter) => letter.charCodeAt(0));
  const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const { css, js } = JSON.parse(await new Response(whole).text());
  const add = (tag, text, props) => document.head.append(Object.assign(document.createElement(tag), { textContent: text, ...props }));
  add("style", css);
  add("script", js, { type: "module" });
})();
