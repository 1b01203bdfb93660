/** The only store. What a person could want to share or go back to is mirrored in the URL hash. */

import { askAt, isThere, onReach, onWait } from "./api";
import { formatHash, MOST_POINTS, parseHash } from "./hash";
import type { Drawn, FeatureRef, IndicatorRef, Lang, Panel, Place, TableRef, Theme, View } from "./hash";
import type { Inks } from "./images/inks";
import type { Picked } from "./picked";
import type { Shade } from "./shade";
import { formatMoment, momentQuery, NOW, type MomentRef } from "./moment";
import type { SheetRef } from "./print/sheet";
import type { LonLat } from "./utm";
import type { Found, Hit, Indicator, Legend, LegendLayer } from "./types";
import { es, type Words } from "./words/es";

export type Stop = "title" | "half" | "full";

/** What the map is asked to bring into view; `serial` makes asking twice for the same place work. */
export interface Target {
  bbox: [number, number, number, number];
  serial: number;
}

/** The address of the map inside another page. */
export const EMBEDDED = "/embed";
const dark = matchMedia("(prefers-color-scheme: dark)");

class Store {
  lang = $state<Lang>("es");
  /** Words of another language than the territory's own, once they have come. */
  private fetchEnglish: () => Promise<{ en: Words }> = () => Promise.reject(new Error("not listening yet"));
  private english = $state.raw<Words | null>(null);
  /** Whether this page stands inside another: the map alone, and a way to the whole. */
  readonly embedded = location.pathname === EMBEDDED;
  chosenTheme = $state<Theme | null>(null);
  systemTheme = $state<Theme>(dark.matches ? "dark" : "day");
  panel = $state<Panel>("home");
  feature = $state.raw<FeatureRef | null>(null);
  view = $state.raw<View | null>(null);
  /** Layers that a person switched away from the territory's own choice. */
  switched = $state.raw<Record<string, boolean>>({});
  /** Per cent of transparency by layer; what is not here is drawn as its style says. */
  fades = $state.raw<Record<string, number>>({});
  table = $state.raw<TableRef | null>(null);
  /** A place that a person marked or asked for by its coordinates. */
  mark = $state.raw<LonLat | null>(null);
  drawn = $state.raw<Drawn | null>(null);
  indicator = $state.raw<IndicatorRef | null>(null);
  /** The indicator that colours its areas, and what does so, drawn of the territory's own tiles. */
  indicated = $state.raw<Indicator | null>(null);
  shade = $state.raw<readonly Shade[]>([]);
  moment = $state.raw<MomentRef>(NOW);
  /** Where two days part on the map, in per cent from the left; null while one is shown. */
  side = $state<number | null>(null);
  /** What differs between two days, as the map shows it. */
  different = $state.raw<GeoJSON.Feature[]>([]);
  /** Paper and scale to print to and what is written over it; the corners of what it shows. */
  sheet = $state.raw<SheetRef | null>(null);
  frame = $state.raw<readonly LonLat[]>([]);
  /** Whether the sheet stands over the page, ready for the printer. */
  printing = $state(false);
  /** Where the mouse is on the map. */
  pointer = $state.raw<LonLat | null>(null);

  legend = $state.raw<Legend | null>(null);
  /** How often the data have changed since the page was opened. */
  edits = $state(0);
  /** Colours by name, as the style of the map has them. */
  inks = $state.raw<Inks>({});
  /** West, south, east, north of what the map shows; null while there is no map. */
  seen = $state.raw<[number, number, number, number] | null>(null);
  hits = $state.raw<Hit[]>([]);
  /** Where the map was last pressed. */
  tapped: LonLat | null = null;
  picked = $state.raw<Picked | null>(null);
  target = $state.raw<Target | null>(null);
  /** What the search field holds, so that going back finds it again. */
  query = $state("");
  /** What is asked of the plan, as the API is asked it: `theme=green&q=plaza`. */
  only = $state("");
  filtersOpen = $state(false);
  /** Initiatives that pass; null for all. */
  matching = $state.raw<readonly string[] | null>(null);
  /** Strategies and plans that stand open. */
  opened = $state.raw<ReadonlySet<string>>(new Set());
  stop = $state<Stop>("half");
  /** Whether what was just opened has yet to be brought into view. */
  private wantsView = false;
  private asked = 0;
  /** Whether the heading of what comes next takes the focus, to be read aloud. */
  private wantsHeading = false;
  map = $state<"waiting" | "ready" | "absent">("waiting");
  online = $state(navigator.onLine);
  reachable = $state(true);
  /** Whether answers are on their way. */
  waiting = $state(false);
  private waits = 0;
  /** Whether tiles are on their way. */
  drawing = $state(false);

  readonly theme = $derived(this.chosenTheme ?? this.systemTheme);
  readonly words = $derived(this.lang === "en" ? (this.english ?? es) : es);
  readonly layers = $derived(this.legend?.groups.flatMap((group) => group.layers) ?? []);
  /** In an emergency what is planned stands in nobody's way. */
  readonly shown = $derived.by(() => {
    const yields = (name: string) => this.panel === "emergency" && this.groupOf(name) === "plan";
    return new Set(this.layers.filter((l) => (this.switched[l.name] ?? l.shown) && !yields(l.name)).map((l) => l.name));
  });
  readonly tilesQuery = $derived(new URLSearchParams(momentQuery(this.moment)).toString());
  readonly place = $derived<Place>({
    view: this.view,
    layers: this.switched,
    fades: this.fades,
    table: this.table,
    mark: this.mark,
    drawn: this.drawn,
    sheet: this.sheet,
    moment: this.moment,
    side: this.side,
    panel: this.panel,
    only: this.only,
    indicator: this.indicator,
    feature: this.feature,
    lang: this.lang,
    theme: this.chosenTheme,
  });

  /** Takes a legend that has just come, and notices when the data behind it have changed. */
  learn(legend: Legend): void {
    const stands = (one: Legend) => `${one.territory.revision} ${one.territory.heights}`;
    if (this.legend && stands(this.legend) !== stands(legend)) this.edits += 1;
    this.legend = legend;
  }

  layer(name: string): LegendLayer | undefined {
    return this.layers.find((layer) => layer.name === name);
  }

  /** Turns layers on or off; what equals the territory's own choice is forgotten. */
  show(names: string[], on: boolean): void {
    const wanted = { ...this.switched, ...Object.fromEntries(names.map((name) => [name, on])) };
    this.switched = Object.fromEntries(
      Object.entries(wanted).filter(([name, now]) => this.layer(name)?.shown !== now),
    );
  }

  /** Makes a layer so many per cent fainter; 0 gives it back to its style. */
  fade(name: string, percent: number): void {
    const others = Object.entries(this.fades).filter(([one]) => one !== name);
    this.fades = Object.fromEntries(percent > 0 ? [...others, [name, percent]] : others);
  }

  /** Puts the table of a layer under the map, and the layer on it. */
  openTable(layer: string): void {
    this.table = { layer, sort: "", q: "" };
    this.show([layer], true);
    this.push();
  }

  closeTable(): void {
    this.table = null;
    this.push();
  }

  /** Asks something else of the plan; a choice is a `step` to go back from, typing is none. */
  ask(only: string, step = false): void {
    this.only = only;
    if (step) this.push(false);
  }

  keepOpen(strategy: string, open: boolean): void {
    const opened = new Set(this.opened);
    if (open) opened.add(strategy);
    else opened.delete(strategy);
    this.opened = opened;
  }

  /** Goes to a panel, leaving the sheet that was open; the mark of a point goes with its panel. */
  go(panel: Panel, mark = this.panel === "here" ? null : this.mark): void {
    this.mark = mark;
    this.turn(panel);
    this.close();
    if (this.stop === "title") this.stop = "half";
    this.push();
  }

  /** Opens the sheet of a feature and brings it into view, unless the map is to `stay`. */
  open(feature: FeatureRef, how: { bbox?: Target["bbox"] | null; stay?: boolean } = {}): void {
    this.feature = feature;
    this.picked = null;
    this.wantsView = !how.stay;
    if (how.bbox) this.bring(how.bbox);
    if (this.stop === "title" || (this.stop === "full" && isPhone())) this.stop = "half";
    this.push();
  }

  openFound({ layer, id, code, point, bbox }: Found): void {
    const box = bbox ?? (point ? [...point, ...point] : null);
    if (layer) this.open({ layer, id: (layer === "initiatives" ? code : id) ?? "" }, { bbox: box });
    else {
      this.hits = [];
      this.go("here", point);
      if (box) this.fit(box);
    }
  }

  /** Leaves the sheet for the panel it was opened from. */
  back(): void {
    this.close();
    this.push();
  }

  /** Brings what was opened into view, once: later the map is the person's own. */
  bring(bbox: Target["bbox"] | null): void {
    if (bbox && this.wantsView) this.fit(bbox);
    if (bbox) this.wantsView = false;
  }

  fit(bbox: Target["bbox"]): void {
    this.asked += 1;
    this.target = { bbox, serial: this.asked };
  }

  /** Shows another moment; everything that is asked from now on is asked of it. */
  at(moment: MomentRef): void {
    askAt(momentQuery(moment));
    if (!moment.vs) [this.side, this.different] = [null, []];
    if (formatMoment(moment).join() !== formatMoment(this.moment).join()) this.moment = moment;
  }

  /** Puts both days side by side on the map, or leaves one: a step to go back from. */
  part(side: number | null): void {
    this.side = side;
    this.push(false);
  }

  /** Counts what is on its way. The count is no state: whoever asks does not come to depend on it. */
  wait(by: number): void {
    this.waiting = (this.waits += by) > 0;
  }

  /** Where the words of English come from when somebody wants them. */
  teach(english: () => Promise<{ en: Words }>): void {
    this.fetchEnglish = english;
  }

  /** Changes the language when its words are there; where they do not come, the old one stays. */
  async speak(lang: Lang): Promise<void> {
    if (lang === "en" && !this.english) {
      this.wait(1);
      const said = await this.fetchEnglish().catch(() => null);
      this.wait(-1);
      if (!said) {
        this.reachable = await isThere();
        if (!this.reachable || !this.legend) return;
        history.replaceState(null, "", formatHash({ ...this.place, lang }));
        location.reload(); // the map was renewed: its words come with the page, which stays where it is
        return;
      }
      this.english = said.en;
    }
    this.lang = lang;
  }

  /** A press on the map, for whichever tool is open: whether one took it. */
  touch(place: LonLat): boolean {
    this.tapped = place;
    if (this.feature) return false;
    if (this.panel === "coordinates") {
      this.mark = place;
      return true;
    }
    if (this.panel !== "measure") return false;
    this.addPoint(place);
    return true;
  }

  addPoint(place: LonLat): void {
    const { kind, points } = this.drawn ?? { kind: "length", points: [] };
    const last = points.at(-1);
    if (points.length >= MOST_POINTS || (last?.[0] === place[0] && last[1] === place[1])) return;
    this.drawn = { kind, points: [...points, place] };
  }

  /** What a click found: one thing opens its sheet, several a list of them. */
  found(hits: Hit[]): void {
    const base = (hit: Hit) => this.groupOf(hit.layer) === "base";
    this.hits = [...hits.filter((hit) => !base(hit)), ...hits.filter(base)];
    const own = this.hits.filter((hit) => !base(hit));
    const first = own[0] ?? this.hits[0];
    if (!first) {
      if (this.tapped) this.go("here", this.tapped);
      return;
    }
    if (own.length === 1 || this.hits.length === 1) {
      this.open({ layer: first.layer, id: first.id }, { stay: true });
      return;
    }
    this.go("here", this.tapped);
  }

  /** What a record is called: by its initiative, its label or its code, whichever is known first. */
  nameOf(layer: string, properties: Record<string, unknown>): string | null {
    const label = this.layer(layer)?.label ?? "name";
    const name = properties["initiative_name"] ?? properties[label] ?? properties["code"];
    return name ? String(name) : null;
  }

  groupOf(layer: string): string {
    return this.legend?.groups.find((g) => g.layers.some((l) => l.name === layer))?.name ?? "other";
  }

  /** Takes the address as the truth: at the start, and on a `step` back or forward, when a heading is read aloud. */
  async read(step = false): Promise<void> {
    const [place, was] = [parseHash(location.hash), this.panel];
    const speech = this.speak(place.lang);
    this.chosenTheme = place.theme;
    this.turn(place.panel === "here" && !this.hits.length && !place.mark ? "home" : place.panel);
    this.switched = place.layers;
    this.fades = place.fades;
    this.table = place.table;
    this.mark = place.mark;
    this.drawn = place.drawn;
    this.sheet = place.sheet;
    this.only = place.only;
    this.indicator = place.indicator;
    this.at(place.moment);
    this.side = place.side;
    if (step && this.panel !== was) this.wantsHeading = true;
    const same =
      place.feature?.layer === this.feature?.layer && place.feature?.id === this.feature?.id;
    if (!same) {
      if (step) this.wantsHeading = true;
      this.feature = place.feature;
      this.picked = null;
      this.wantsView = place.view === null;
    }
    if (place.view) this.view = place.view;
    await speech;
  }

  /** Writes the address; a new step for going somewhere, the same step for panning and switches. */
  write(): void {
    const hash = formatHash(this.place);
    if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname);
  }

  /** Puts the focus on a heading that has just come, once for every step. */
  greet(heading: HTMLElement): void {
    if (this.wantsHeading) heading.focus({ preventScroll: true });
    this.wantsHeading = false;
  }

  private push(greeting = true): void {
    this.wantsHeading = greeting;
    const hash = formatHash(this.place);
    if (hash !== location.hash) history.pushState(null, "", hash || location.pathname);
  }

  /** What a panel laid over the map goes with it, unless it is to be printed or sent. */
  private turn(panel: Panel): void {
    if (panel !== this.panel && !/^(print|share)$/.test(panel)) {
      [this.indicated, this.shade, this.different, this.matching] = [null, [], [], null];
    }
    this.panel = panel;
  }

  private close(): void {
    this.feature = null;
    this.picked = null;
  }
}

export const store = new Store();

export function isPhone(): boolean {
  return matchMedia("(max-width: 767px)").matches;
}

/** Whether so little fits that the panel is a page with the map after it. */
export function isLow(): boolean {
  return matchMedia("(max-width: 480px) and (max-height: 400px)").matches;
}

/** Ties the store to the window: address, connection, the system's light. */
export async function listen(english: () => Promise<{ en: Words }>): Promise<void> {
  store.teach(english);
  await store.read();
  addEventListener("popstate", () => void store.read(true));
  addEventListener("hashchange", () => void store.read(true));
  addEventListener("online", () => (store.online = true));
  addEventListener("offline", () => (store.online = false));
  dark.addEventListener("change", (change) => (store.systemTheme = change.matches ? "dark" : "day"));
  onReach((ok) => (store.reachable = ok));
  onWait((by) => store.wait(by));
}
