import { describe, expect, it } from "vitest";
import { countPlan, filterPlan, siblings } from "../src/plan";
import type { Plan, PlanNode } from "../src/types";

const node = (code: string, title: string, more: Partial<PlanNode> = {}): PlanNode => ({
  id: code,
  code,
  title,
  kind: "proyecto",
  kind_title: "Proyecto",
  status: "propuesta",
  status_title: "Propuesta",
  theme: null,
  theme_title: null,
  place_hint: null,
  placed: false,
  invented: false,
  stage: null,
  stage_title: null,
  starts: null,
  ends: null,
  cost_clp: null,
  matches: true,
  children: [],
  ...more,
});

const plan: Plan = {
  matched: 4,
  total: 4,
  dated: 0,
  codes: ["A", "A1", "A2", "D"],
  facets: [],
  links: [],
  strategies: [
    {
      code: "DT",
      title: "Desarrollo",
      count: 3,
      objectives: [],
      plans: [
        {
          code: "DT-P1",
          title: "Plan",
          children: [
            node("A", "Programa de plazas", { children: [node("A1", "Plaza Ñuble", { placed: true }), node("A2", "Muro")] }),
          ],
        },
      ],
    },
    { code: "DEMO", title: "Ejemplos", count: 1, objectives: [], plans: [{ code: "DEMO", title: "Ejemplos", children: [node("D", "Árboles", { invented: true })] }] },
  ],
};

describe("the plan's tree", () => {
  it("is counted whole", () => expect(countPlan(plan)).toEqual({ all: 4, placed: 1, invented: 1 }));

  it("keeps the way down to what the words find, accents aside", () => {
    const { plan: kept, matches } = filterPlan(plan, { text: "NUBLE plaza", onlyPlaced: false });
    expect(matches).toBe(1);
    expect(kept.strategies.map((s) => s.code)).toEqual(["DT"]);
    expect(kept.strategies[0]?.plans[0]?.children[0]?.children.map((n) => n.code)).toEqual(["A1"]);
  });

  it("finds a programme without dragging its projects along", () => {
    const { plan: kept, matches } = filterPlan(plan, { text: "programa", onlyPlaced: false });
    expect(matches).toBe(1);
    expect(kept.strategies[0]?.plans[0]?.children[0]?.children).toEqual([]);
  });

  it("can hold only what has a place", () => {
    expect(filterPlan(plan, { text: "", onlyPlaced: true }).matches).toBe(1);
  });

  it("changes nothing without a filter, and finds nothing for nonsense", () => {
    expect(filterPlan(plan, { text: "  ", onlyPlaced: false }).plan).toBe(plan);
    expect(filterPlan(plan, { text: "xyzzy", onlyPlaced: false })).toEqual({ plan: { ...plan, strategies: [] }, matches: 0 });
  });

  it("knows who stands beside an initiative", () => {
    expect(siblings(plan, "A1").map((n) => n.code)).toEqual(["A2"]);
    expect(siblings(plan, "nobody")).toEqual([]);
  });
});
