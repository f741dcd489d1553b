(() => {
  "use strict";
  const configs = JSON.parse(document.getElementById("vega-config").textContent);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  // Nothing is loaded and no link leads away, whatever a template of a stranger asks for.
  const refuse = async () => { throw new Error("this page reaches no address"); };
  const picture = async (at, { context } = {}) =>
    context === "image" && /^data:image\//.test(at) ? { href: at } : refuse();
  const loader = { load: refuse, http: refuse, file: refuse, sanitize: picture };
  // The interpreter stands in for compiled expressions, which the policy of this page forbids.
  const options = () => ({
    ast: true,
    loader,
    renderer: "svg",
    logLevel: vega.Error, // a template of the user's may be of an older Vega-Lite: nobody needs to hear it
    config: configs[scheme.matches ? "dark" : "light"],
    tooltip: { theme: scheme.matches ? "dark" : "light" },
    actions: { export: true, source: false, compiled: false, editor: false },
  });
  const charts = [...document.querySelectorAll(".vega")].map((place) =>
    ({ place, spec: document.getElementById(place.id + "-spec").textContent, view: null }));
  const draw = async (chart) => {
    try {
      chart.view?.finalize();
      chart.view = await vegaEmbed(chart.place, JSON.parse(chart.spec), options());
    } catch (error) {
      const p = document.createElement("p");
      p.className = "alarm";
      p.textContent = "This chart could not be drawn: " + error.message;
      chart.place.replaceChildren(p);
    }
    chart.place.dataset.drawn = "yes";
  };
  const drawAll = async () => { for (const chart of charts) await draw(chart); };
  scheme.addEventListener("change", drawAll);
  drawAll();
})();
