/** The plan as it is asked for and shown: filters in the address, counts, timeline, neighbours. Pure. */

import type { Plan, PlanNode } from "./types";

export const FACETS = ["strategy", "kind", "theme", "stage", "status", "source", "area", "placed"] as const;
const MOST_WORDS = 200;

export type View = "tree" | "time";

/** What a person asks of the plan: words, a value for each facet, and how to see what is left. */
export interface Asked {
  q: string;
  chosen: Readonly<Record<string, string>>;
  view: View;
}

/** What the address says of it; what is no filter is left out. */
export function parseAsked(only: string): Asked {
  const said = new URLSearchParams(only);
  const chosen: Record<string, string> = {};
  for (const name of FACETS) {
    const value = said.get(name);
    if (value) chosen[name] = value;
  }
  return { q: (said.get("q") ?? "").slice(0, MOST_WORDS), chosen, view: said.get("view") === "time" ? "time" : "tree" };
}

/** The same as the API is asked it: `theme=green&q=plaza`; "" for all. */
export function queryOf({ q, chosen }: Asked): Record<string, string> {
  return { ...chosen, ...(q.trim() ? { q: q.trim() } : {}) };
}

/** The same as the address carries it. */
export function formatAsked(asked: Asked): string {
  const { q } = asked;
  return new URLSearchParams({
    ...asked.chosen,
    ...(q ? { q } : {}),
    ...(asked.view === "time" ? { view: "time" } : {}),
  }).toString();
}

export interface Counts {
  all: number;
  placed: number;
  invented: number;
}

/** Every initiative of a plan that matches, in the plan's order. */
export function matchesOf(plan: Plan): PlanNode[] {
  const among = (nodes: readonly PlanNode[]): PlanNode[] =>
    nodes.flatMap((node) => [...(node.matches ? [node] : []), ...among(node.children)]);
  return plan.strategies.flatMap(({ plans }) => plans.flatMap(({ children }) => among(children)));
}

export function countPlan(plan: Plan): Counts {
  const all = matchesOf(plan);
  return {
    all: all.length,
    placed: all.filter((node) => node.placed).length,
    invented: all.filter((node) => node.invented).length,
  };
}

/** How many initiatives hang from these that match. */
export function sizeOf(nodes: readonly PlanNode[]): number {
  return nodes.reduce((sum, node) => sum + Number(node.matches) + sizeOf(node.children), 0);
}

/** One bar of the timeline: where it lies between the first year and the last, in per cent. */
export interface Span {
  node: PlanNode;
  left: number;
  width: number;
}

export interface Timeline {
  /** The years that the axis begins and ends with, the last one included. */
  first: number;
  last: number;
  /** Where today lies, per cent; outside the axis it is null. */
  today: number | null;
  years: { year: number; spans: Span[] }[];
  undated: number;
}

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`);

/** The initiatives that have dates, by the year in which they begin; null where none has. */
export function timelineOf(nodes: readonly PlanNode[], today: string): Timeline | null {
  const dated = nodes.filter(({ starts, ends }) => starts ?? ends);
  if (!dated.length) return null;
  const startOf = (node: PlanNode) => node.starts ?? node.ends ?? "";
  const endOf = (node: PlanNode) => node.ends ?? node.starts ?? "";
  const yearOf = (text: string) => Number(text.slice(0, 4));
  const first = Math.min(...dated.map((node) => yearOf(startOf(node))));
  const last = Math.max(...dated.map((node) => yearOf(endOf(node))));
  const [from, to] = [dayOf(`${first}-01-01`), dayOf(`${last + 1}-01-01`)];
  const at = (text: string) => (100 * (dayOf(text) - from)) / (to - from);
  const years = new Map<number, Span[]>();
  for (const node of [...dated].sort((a, b) => (startOf(a) + endOf(a) < startOf(b) + endOf(b) ? -1 : 1))) {
    const left = at(startOf(node));
    const span = { node, left, width: Math.max(at(endOf(node)) - left, 0.8) };
    years.set(yearOf(startOf(node)), [...(years.get(yearOf(startOf(node))) ?? []), span]);
  }
  const now = at(today);
  return {
    first,
    last,
    today: now >= 0 && now <= 100 ? now : null,
    years: [...years].map(([year, spans]) => ({ year, spans })),
    undated: nodes.length - dated.length,
  };
}

/** Those that hang from the same parent as `code`, without it. */
export function siblings(plan: Plan, code: string): PlanNode[] {
  const among = (nodes: PlanNode[]): PlanNode[] | null => {
    if (nodes.some((node) => node.code === code)) return nodes.filter((node) => node.code !== code);
    for (const node of nodes) {
      const found = among(node.children);
      if (found) return found;
    }
    return null;
  };
  for (const strategy of plan.strategies) {
    for (const branch of strategy.plans) {
      const found = among(branch.children);
      if (found) return found;
    }
  }
  return [];
}
