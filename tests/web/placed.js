// Run on a page with a MapLibre map at `window.map`: what its placing of symbols has come to.
(() => {
  const kept = new WeakMap();

  /** Listens to every placing from the next on. */
  window.listenToPlacing = () => {
    const proto = Object.getPrototypeOf(map.style.placement);
    if (kept.has(proto)) return;
    kept.set(proto, true);
    const store = proto.storeCollisionData;
    proto.storeCollisionData = function (bucket, symbol, arrays, text, icon, circles) {
      if (!kept.has(this)) kept.set(this, []);
      kept.get(this).push({ bucket, symbol, text, icon, circles });
      return store.apply(this, arguments);
    };
    map.showCollisionBoxes = true;
  };

  const buckets = () => {
    const found = new Map();
    for (const manager of Object.values(map.style.tileManagers)) {
      for (const id of manager.getRenderableIds()) {
        for (const bucket of Object.values(manager.getTileByID(id).buckets)) found.set(bucket.bucketInstanceId, bucket);
      }
    }
    return found;
  };

  /** Texts and icons as they are drawn: `{layer, order, of, kind, boxes, circles}`, in pixels of the screen. */
  window.placedNow = () => {
    const { placement } = map.style;
    const known = buckets();
    const found = [];
    const orders = new Map(map.getStyle().layers.map(({ id }, i) => [id, i]));
    for (const { bucket, symbol, text, icon, circles } of kept.get(placement) ?? []) {
      const own = known.get(bucket);
      if (!own) continue;
      const of = own.symbolInstances.get(symbol).crossTileID;
      const shown = placement.placements[of];
      const layer = own.layerIds[0];
      const order = orders.get(layer);
      if (shown?.text && text?.box) found.push({ layer, order, of, kind: "text", boxes: [text.box], circles: [] });
      if (shown?.text && circles?.circles.length) {
        const round = [];
        for (let i = 0; i < circles.circles.length; i += 4) round.push(circles.circles.slice(i, i + 3));
        found.push({ layer, order, of, kind: "text", boxes: [], circles: round });
      }
      if (shown?.icon && icon?.box) found.push({ layer, order, of, kind: "icon", boxes: [icon.box], circles: [] });
    }
    return found;
  };
})();

/** Draws a style, and listens once it is drawn. */
window.begin = (style, center) =>
  document.fonts.load('500 16px "Atkinson"').then(() => {
    window.map = new maplibregl.Map({ container: "map", style, center, zoom: 10, fadeDuration: 0, attributionControl: false });
    map.on("error", (event) => (window.fault = String(event.error)));
    map.once("idle", () => {
      listenToPlacing();
      window.begun = true;
    });
  });

/** What is placed once the map has come to rest there. */
window.go = (zoom, center) =>
  new Promise((done) => {
    map.jumpTo({ zoom, center });
    map.triggerRepaint();
    map.once("idle", () => done(placedNow()));
  });

/** The sizes of the texts that are drawn. */
window.sizes = () => [
  ...new Set(
    map
      .queryRenderedFeatures()
      .filter(({ layer }) => layer.type === "symbol" && String(layer.layout["text-field"] ?? ""))
      .map(({ layer }) => layer.layout["text-size"]),
  ),
];

/** Localities whose dot is drawn, and those whose name is. */
window.localities = () => {
  const of = (layer) => map.queryRenderedFeatures({ layers: [layer] }).map(({ properties }) => ({ name: properties.name, category: properties.category }));
  return { all: of("rural_localities-dot"), named: of("rural_localities-label") };
};
