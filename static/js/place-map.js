// <div data-place-map="outlines.geojson" …>: mark a point, by a press or with the keyboard; it goes into two hidden fields.
// An extra to the postcode and the words above it: no tiles, no other host, nothing is lost without it.
const leaflet = globalThis.L;

for (const element of leaflet ? document.querySelectorAll("[data-place-map]") : []) {
  draw(element).catch(() => {
    element.hidden = true;
  });
}

async function draw(element) {
  const response = await fetch(element.dataset.placeMap, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.statusText);
  const outlines = await response.json();
  if (!outlines.features.length) return;

  const form = element.closest("form");
  const latitude = form.querySelector("[data-place-latitude]");
  const longitude = form.querySelector("[data-place-longitude]");
  const { canvas, mark, unmark, said } = parts(element);
  element.hidden = false;

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = leaflet.map(canvas, {
    attributionControl: false,
    fadeAnimation: !still,
    scrollWheelZoom: false,
    zoomAnimation: !still,
    zoomControl: false,
    zoomSnap: 0.25,
  });
  leaflet.control.zoom({ zoomInTitle: element.dataset.zoomIn, zoomOutTitle: element.dataset.zoomOut }).addTo(map);
  const wards = leaflet
    .geoJSON(outlines, {
      style: { className: "snb-map__ward" },
      onEachFeature: ({ properties }, layer) => layer.bindTooltip(properties.name, { sticky: true }),
    })
    .addTo(map);
  map.fitBounds(wards.getBounds(), { padding: [12, 12] });

  let point;
  const put = (place) => {
    point?.remove();
    point = leaflet.circleMarker(place, { radius: 9, className: "snb-map__point" }).addTo(map);
    latitude.value = place.lat.toFixed(5);
    longitude.value = place.lng.toFixed(5);
    said.textContent = element.dataset.marked;
    unmark.hidden = false;
  };
  map.on("click", ({ latlng }) => put(latlng));
  mark.addEventListener("click", () => put(map.getCenter()));
  unmark.addEventListener("click", () => {
    point?.remove();
    latitude.value = longitude.value = "";
    said.textContent = element.dataset.unmarked;
    unmark.hidden = true;
    mark.focus();
  });
  if (latitude.value && longitude.value) put(leaflet.latLng(Number(latitude.value), Number(longitude.value)));
}

function parts(element) {
  const canvas = document.createElement("div");
  canvas.className = "snb-map__canvas";
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", element.dataset.label);
  const [mark, unmark] = [element.dataset.mark, element.dataset.unmark].map((text) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "snb-link-button";
    button.textContent = text;
    return button;
  });
  unmark.hidden = true;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.textContent = element.dataset.unmarked;
  const row = document.createElement("p");
  row.className = "govuk-body snb-map__row";
  row.append(said, " ", mark, " ", unmark);
  element.append(canvas, row);
  return { canvas, mark, unmark, said };
}
