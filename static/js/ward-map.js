// <div data-ward-map="outlines.geojson" data-ward="E05…" data-label="…" hidden>: a map of the ward among its neighbours.
// No tiles and no other host: outlines only. The wards around are links; the list of wards on the page says the same.
const leaflet = globalThis.L;

for (const element of leaflet ? document.querySelectorAll("[data-ward-map]") : []) {
  draw(element).catch(() => {
    // The page says everything the map does: without outlines there is just no map.
    element.hidden = true;
  });
}

async function draw(element) {
  const response = await fetch(element.dataset.wardMap, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.statusText);
  const outlines = await response.json();
  if (!outlines.features.some((feature) => feature.properties.code === element.dataset.ward)) return;

  element.hidden = false;
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", element.dataset.label);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = leaflet.map(element, {
    attributionControl: false,
    fadeAnimation: !still,
    scrollWheelZoom: false,
    zoomAnimation: !still,
    zoomControl: false,
    zoomSnap: 0.25,
  });
  leaflet.control
    .zoom({ zoomInTitle: element.dataset.zoomIn, zoomOutTitle: element.dataset.zoomOut })
    .addTo(map);

  let own;
  leaflet
    .geoJSON(outlines, {
      style: ({ properties }) => ({
        className: `snb-map__ward${properties.code === element.dataset.ward ? " snb-map__ward--own" : ""}`,
      }),
      onEachFeature: ({ properties }, layer) => {
        layer.bindTooltip(properties.name, { sticky: true });
        if (properties.code === element.dataset.ward) {
          own = layer;
        } else {
          layer.on("click", () => location.assign(properties.url));
          layer.on("add", () => makeLink(map, layer, properties));
        }
      },
    })
    .addTo(map);
  map.fitBounds(own.getBounds(), { padding: [24, 24] });
  own.bringToFront();
}

// A shape one can reach with the Tab key and follow with Enter.
function makeLink(map, layer, { name, url }) {
  const path = layer.getElement();
  path.setAttribute("role", "link");
  path.setAttribute("tabindex", "0");
  path.setAttribute("aria-label", name);
  path.addEventListener("focus", () => {
    // What has the focus is in sight, with its name; a pointer is there already.
    if (!path.matches(":focus-visible")) return;
    map.panTo(layer.getBounds().getCenter());
    layer.openTooltip();
  });
  path.addEventListener("blur", () => layer.closeTooltip());
  path.addEventListener("keydown", (event) => {
    if (event.key === "Enter") location.assign(url);
  });
}
