/** The map: MapLibre dressed with the territory's style. No component in it, and no store. */

import maplibregl, {
  type GeoJSONSource,
  type LayerSpecification,
  type PointLike,
  type StyleSpecification,
} from "maplibre-gl";
import type { FeatureRef, View } from "./hash";
import { fadedPaint } from "./fade";
import { image, inksOf, RATIO, type Inks } from "./images";
import { whileLoading } from "./loading";
import { DRAWN, drawnLayers, drawnShapes } from "./drawn";
import type { Box, Cover, Events, Options, Padding } from "./mapOptions";
import { around, hitsOf, isOfTerritory, isOverShade, isTappable, narrowed, SHADE, tileSource } from "./ofTerritory";
import { PICKED, pickedLayers, type Picked } from "./picked";
import { addPictures, withoutPictures } from "./pictures";
import type { Shade } from "./shade";
import { Tiles } from "./tiles";
import type { Hit } from "./types";

export { maplibregl };

export type Ground = (map: maplibregl.Map, style: StyleSpecification) => void;

const NEAR_PX = { mouse: 4, touch: 14 };

export class TerritoryMap {
  readonly #map: maplibregl.Map;
  readonly #tiles: Tiles;
  readonly #events: Events;
  #inks: Inks;
  #drawn = new Set<string>();
  #picked: Picked | null = null;
  /** As the territory gave it: what fading begins from. */
  #style: StyleSpecification;
  readonly #covered: number;
  #shade: readonly Shade[] = [];
  #codes: readonly string[] | null = null;
  #marks = drawnShapes(null, null);
  #still: boolean;
  #selected: FeatureRef | null = null;
  #ready = false;
  #isDrawn = false;
  #ground: Ground | null = null;
  #me: maplibregl.Marker | null = null;
  #cover: Cover | null = null;

  constructor(options: Options) {
    const { view, bounds, style, events } = options;
    this.#events = events;
    this.#inks = inksOf(style);
    this.#style = style;
    this.#covered = options.covered;
    this.#still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = new maplibregl.Map({
      container: options.container,
      style: withoutPictures(style),
      center: [view.lon, view.lat],
      zoom: view.zoom,
      bearing: view.bearing,
      maxPitch: 0,
      pitchWithRotate: false,
      maxZoom: 19,
      minZoom: 6,
      maxBounds: around(bounds),
      attributionControl: false,
      fadeDuration: this.#still ? 0 : 150,
      locale: { "Map.Title": options.title },
      validateStyle: false, // the server's own, proved where it is declared
    });
    this.#tiles = new Tiles(this.#map, () => this.#style);
    this.#map.setPadding({ bottom: options.covered });
    this.#map.touchZoomRotate.disableRotation();
    this.#listen();
  }

  #listen(): void {
    const map = this.#map;
    map.on("styleimagemissing", ({ id }) => this.#addImage(id));
    map.on("style.load", () => {
      this.#ready = true;
      this.#dressOver();
    });
    map.on("move", () => this.#cover?.map.follow(this));
    map.on("moveend", () => this.#tellMoved());
    // Frames that nobody sees yet, nobody fetches: the graphics are told to draw them while the next ones come.
    const begin = () => map.getCanvas().getContext("webgl2")?.flush();
    map.on("render", begin);
    whileLoading(map, this.#events.busy);
    map.once("idle", () => {
      map.off("render", begin);
      this.#events.drawn();
      this.#tellMoved();
      this.#isDrawn = true;
      this.#addPictures();
    });
    map.on("click", (event) => {
      if (this.#events.pressed(event.lngLat.toArray())) return;
      const touch = (event.originalEvent as PointerEvent).pointerType === "touch";
      this.#events.hit(this.#under([event.point.x, event.point.y], touch ? NEAR_PX.touch : NEAR_PX.mouse));
    });
    let asked = 0;
    map.on("mouseout", () => this.#events.pointed(null));
    map.on("mousemove", ({ point, lngLat }) => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => {
        this.#events.pointed(lngLat.toArray());
        const hits = this.#under([point.x, point.y], NEAR_PX.mouse, true);
        map.getCanvas().style.cursor = hits.length ? "pointer" : "";
      });
    });
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const centre = map.getCenter();
      if (this.#events.pressed(centre.toArray())) return;
      const { x, y } = map.project(centre);
      this.#events.hit(this.#under([x, y], NEAR_PX.touch));
    });
    map.on("error", ({ error }) => {
      if ("sourceId" in error || /fetch|network|AJAXError/i.test(`${error.name} ${error.message}`)) {
        this.#events.tiles(false);
      } else console.warn(error.message);
    });
    map.on("sourcedata", (event) => {
      if (event.tile && event.isSourceLoaded && event.source.type === "vector") this.#events.tiles(true);
    });
    map.on("webglcontextlost", () => {
      const timer = setTimeout(() => this.#events.lost(), 5000);
      map.once("webglcontextrestored", () => clearTimeout(timer));
    });
  }

  /** Lays a map over a part of this one, to move with it and be pressed in its place; null takes it off. */
  lay(cover: Cover | null): void {
    this.#cover = cover;
    cover?.map.follow(this);
    cover?.map.ground(this.#ground);
    const me = this.#me?.getLngLat();
    cover?.map.placeMe(me ? { lon: me.lng, lat: me.lat } : null);
  }

  /** Stands where another map stands, in the same frame. */
  follow(under: TerritoryMap): void {
    const [other, padding] = [under.#map, under.#map.getPadding()];
    this.#map.jumpTo({ center: other.getCenter(), zoom: other.getZoom(), bearing: other.getBearing(), padding });
    this.#map.redraw();
  }

  #tellMoved(): void {
    const { lng, lat } = this.#map.getCenter();
    const view = { zoom: this.#map.getZoom(), lat, lon: lng, bearing: this.#map.getBearing() };
    this.#events.moved(view, this.#seen());
  }

  /** The box around what shows: not what lies under the sheet of a phone. */
  #seen(): Box {
    const { clientWidth: right, clientHeight } = this.#map.getCanvas();
    const bottom = Math.max(clientHeight - this.#covered, 1);
    const places = ([[0, 0], [right, 0], [0, bottom], [right, bottom]] as const).map(([x, y]) => this.#map.unproject([x, y]));
    const [lons, lats] = [places.map(({ lng }) => lng), places.map(({ lat }) => lat)];
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  }

  /** Features around a point of the canvas, the topmost first, each once. */
  #under([x, y]: [number, number], near: number, firstOnly = false): Hit[] {
    const map = this.#map;
    if (this.#cover?.has(x)) return this.#cover.map.#under([x, y], near, firstOnly);
    if (!this.#ready) return [];
    const box: [PointLike, PointLike] = [[x - near, y - near], [x + near, y + near]]; // prettier-ignore
    const ofLayers = map.getStyle().layers.filter(isOfTerritory);
    const layers = (firstOnly ? ofLayers.filter(isTappable) : ofLayers).map((layer) => layer.id);
    const exact = map.queryRenderedFeatures([x, y], { layers });
    return hitsOf(map.queryRenderedFeatures(box, { layers }), exact, firstOnly);
  }

  #addImage(id: string): void {
    const map = this.#map;
    const update = (full: ImageData) => {
      if (map.hasImage(id)) map.updateImage(id, full);
    };
    const drawn = image(id, this.#inks, update);
    if (!drawn) return;
    this.#drawn.add(id);
    if (map.hasImage(id)) update(drawn);
    else map.addImage(id, drawn, { pixelRatio: RATIO });
  }

  /** Changes the whole style (another theme), keeping view, images and the picked place. */
  dress(style: StyleSpecification): void {
    this.#inks = inksOf(style);
    this.#style = style;
    this.#map.setStyle(withoutPictures(style), { diff: true });
    this.#addPictures();
    for (const id of this.#drawn) this.#addImage(id);
    this.#dressOver();
  }

  #addPictures(): void {
    const style = this.#style;
    if (this.#isDrawn) addPictures(this.#map, style, () => style === this.#style);
  }

  /** What goes over a style that has just been put on. */
  #dressOver(): void {
    if (this.#codes) this.narrow(this.#codes);
    this.shade(this.#shade);
    this.#drawPicked();
    this.#drawDrawn();
    this.#ground?.(this.#map, this.#style);
  }

  /** What the territory's style says of it, by name. */
  said(name: string): unknown {
    return (this.#style.metadata as Record<string, unknown> | undefined)?.[`sitplan:${name}`];
  }

  /** Lets somebody change the ground, now and each time that a style is put on; null for nobody. */
  ground(change: Ground | null): void {
    this.#ground = change;
    this.#cover?.map.ground(change);
    if (this.#ready) change?.(this.#map, this.#style);
  }

  /** Lets somebody work on the map now and each time that it has come to rest; answers how to stop. */
  atRest(work: Ground): () => void {
    const rest = () => work(this.#map, this.#style);
    this.#map.on("idle", rest);
    this.#map.triggerRepaint();
    return () => void this.#map.off("idle", rest);
  }

  /** Shows the layers named and hides the rest. */
  show(shown: ReadonlySet<string>): void {
    if (!this.#ready) {
      this.#map.once("style.load", () => this.show(shown));
      return;
    }
    for (const layer of this.#map.getStyle().layers.filter(isOfTerritory)) {
      const wanted = shown.has(layer["source-layer"]) ? "visible" : "none";
      if ((layer.layout?.visibility ?? "visible") !== wanted) {
        this.#map.setLayoutProperty(layer.id, "visibility", wanted);
      }
    }
  }

  /** Leaves only the places of these initiatives; null shows all. */
  narrow(codes: readonly string[] | null): void {
    this.#codes = codes;
    if (!this.#ready) return;
    for (const [id, filter] of narrowed(this.#style, codes)) this.#map.setFilter(id, filter, { validate: false });
  }

  /** Makes layers fainter by so many per cent; those not named are as their style says. */
  fade(fades: Readonly<Record<string, number>>): void {
    if (!this.#ready) {
      this.#map.once("style.load", () => this.fade(fades));
      return;
    }
    for (const layer of this.#style.layers.filter(isOfTerritory)) {
      const faded = fadedPaint(layer, fades[layer["source-layer"]] ?? 0);
      for (const [name, value] of Object.entries(faded)) {
        this.#map.setPaintProperty(layer.id, name as "fill-opacity", value as number, { validate: false });
      }
    }
  }

  /** Shows the layers as they were at a moment. */
  at(query: string): void {
    this.#tiles.at(query);
  }

  /** Tells the style which feature's sheet is open. */
  select(ref: FeatureRef | null): void {
    const map = this.#map;
    if (!this.#ready) {
      map.once("style.load", () => this.select(ref));
      return;
    }
    const source = tileSource(map.getStyle());
    const at = ({ layer, id }: FeatureRef) => ({ source, sourceLayer: layer, id });
    if (this.#selected) map.removeFeatureState(at(this.#selected), "selected");
    if (ref && source) map.setFeatureState(at(ref), { selected: true });
    this.#selected = ref;
  }

  /** Rings a place: the one that a person asked for. */
  pick(picked: Picked | null): void {
    this.#picked = picked;
    this.#drawPicked();
  }

  #drawPicked(): void {
    const map = this.#map;
    if (!this.#ready) return;
    const data: GeoJSON.FeatureCollection = {
      type: "FeatureCollection",
      features: this.#picked ? [{ type: "Feature", properties: {}, geometry: this.#picked.geometry }] : [],
    };
    const source = map.getSource<GeoJSONSource>(PICKED);
    if (source) source.setData(data);
    else if (this.#picked) map.addSource(PICKED, { type: "geojson", data });
    else return;
    const labels = map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
    for (const layer of pickedLayers(this.#inks, this.#picked?.isPin ?? false)) {
      if (map.getLayer(layer.id)) map.removeLayer(layer.id);
      map.addLayer(layer, layer.type === "line" ? labels : undefined); // a ring hides no name
    }
  }

  /** Draws layers of the territory's tiles over the ground, under lines and names. */
  shade(shade: readonly Shade[]): void {
    this.#shade = shade;
    if (!this.#ready) return;
    const drawn = this.#map.getStyle();
    for (const { id } of drawn.layers) if (id.startsWith(SHADE)) this.#map.removeLayer(id);
    const above = drawn.layers.find(isOverShade)?.id;
    for (const layer of shade) this.#map.addLayer({ ...layer, source: tileSource(drawn) } as LayerSpecification, above);
  }

  /** Draws what a person drew. */
  draw(shapes: GeoJSON.FeatureCollection): void {
    this.#marks = shapes;
    this.#drawDrawn();
  }

  #drawDrawn(): void {
    const map = this.#map;
    if (!this.#ready) return;
    const source = map.getSource<GeoJSONSource>(DRAWN);
    if (source) source.setData(this.#marks);
    else if (this.#marks.features.length) map.addSource(DRAWN, { type: "geojson", data: this.#marks });
    else return;
    for (const layer of drawnLayers(this.#inks)) {
      if (map.getLayer(layer.id)) map.removeLayer(layer.id);
      map.addLayer(layer);
    }
  }

  jump(view: View): void {
    const { lng, lat } = this.#map.getCenter();
    const here = this.#map.project([lng, lat]);
    const isNear =
      here.dist(this.#map.project([view.lon, view.lat])) < 3 &&
      Math.abs(this.#map.getZoom() - view.zoom) < 0.02;
    if (!isNear) this.#map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom, bearing: view.bearing });
  }

  /** Brings a box into the part of the map that nothing covers. */
  fit(box: Box, padding: Padding): void {
    const camera = this.#map.cameraForBounds(box, { padding, maxZoom: 16.5 });
    if (!camera) return;
    const motion = this.#still ? { duration: 0 } : { duration: 190 };
    this.#map.easeTo({ ...camera, ...motion, essential: true });
  }

  zoomBy(step: number): void {
    this.#map.easeTo({ zoom: this.#map.getZoom() + step, duration: this.#still ? 0 : 160 });
  }

  north(): void {
    this.#map.easeTo({ bearing: 0, duration: this.#still ? 0 : 160 });
  }

  /** Puts the person on the map, or takes them off. */
  placeMe(position: { lon: number; lat: number } | null): void {
    this.#cover?.map.placeMe(position);
    this.#me?.remove();
    this.#me = null;
    if (!position) return;
    const dot = document.createElement("div");
    dot.className = "me";
    this.#me = new maplibregl.Marker({ element: dot }).setLngLat([position.lon, position.lat]).addTo(this.#map);
  }

  title(text: string): void {
    this.#map.getCanvas().setAttribute("aria-label", text);
  }

  /** Shows what has changed since. */
  refresh(): void {
    this.#tiles.again();
  }

  remove(): void {
    this.#map.remove();
  }
}
