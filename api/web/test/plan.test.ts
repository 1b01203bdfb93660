import { describe, expect, it } from "vitest";
import { countPlan, formatAsked, matchesOf, parseAsked, queryOf, siblings, sizeOf, timelineOf } from "../src/plan";
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
  matched: 3,
  total: 4,
  dated: 1,
  codes: ["A1", "A2", "D"],
  facets: [],
  links: [],
  strategies: [
    {
      code: "DT",
      title: "Desarrollo",
      count: 2,
      objectives: [],
      plans: [
        {
          code: "DT-P1",
          title: "Plan",
          children: [
            node("A", "Programa de plazas", {
              matches: false,
              children: [node("A1", "Plaza Ñuble", { placed: true }), node("A2", "Muro")],
            }),
          ],
        },
      ],
    },
    {
      code: "DEMO",
      title: "Ejemplos",
      count: 1,
      objectives: [],
      plans: [
        { code: "DEMO", title: "Ejemplos", children: [node("D", "Árboles", { invented: true, starts: "2024-07-01" })] },
      ],
    },
  ],
};

describe("the plan", () => {
  it("counts what matches, not what holds it", () => {
    expect(countPlan(plan)).toEqual({ all: 3, placed: 1, invented: 1 });
    expect(matchesOf(plan).map(({ code }) => code)).toEqual(plan.codes);
    expect(sizeOf(plan.strategies[0]?.plans[0]?.children ?? [])).toBe(2);
  });

  it("knows who stands beside whom", () => {
    expect(siblings(plan, "A1").map(({ code }) => code)).toEqual(["A2"]);
    expect(siblings(plan, "nobody")).toEqual([]);
  });
});

describe("what is asked of it", () => {
  it("goes into an address and back", () => {
    for (const only of ["", "theme=green", "theme=green&area=NB-06&q=plaza+m%C3%A1s", "placed=no&view=time"]) {
      expect(formatAsked(parseAsked(only))).toBe(only);
    }
  });

  it("leaves out what is no filter", () => {
    expect(parseAsked("theme=&colour=red&view=globe")).toEqual({ q: "", chosen: {}, view: "tree" });
    expect(queryOf(parseAsked("q=%20%20&view=time"))).toEqual({});
    expect(queryOf(parseAsked("q=%20plaza%20&stage=idea"))).toEqual({ q: "plaza", stage: "idea" });
    expect(parseAsked(`q=${"x".repeat(900)}`).q).toHaveLength(200);
  });
});

describe("its timeline", () => {
  const dated = [
    node("B", "Dos", { starts: "2026-01-01", ends: "2027-12-31" }),
    node("A", "Uno", { starts: "2024-01-01", ends: "2024-12-31" }),
    node("C", "Solo el fin", { ends: "2026-06-30" }),
    node("N", "Nada"),
  ];

  it("places bars between the first year and the last", () => {
    const time = timelineOf(dated, "2026-01-01");
    expect([time?.first, time?.last, time?.undated]).toEqual([2024, 2027, 1]);
    expect(time?.years.map(({ year, spans }) => [year, spans.map(({ node: one }) => one.code)])).toEqual([
      [2024, ["A"]],
      [2026, ["B", "C"]],
    ]);
    // 1461 days in all: 366 of them in 2024, 365 in 2025.
    const [first, second] = [time?.years[0]?.spans[0], time?.years[1]?.spans[0]];
    expect(first?.left).toBe(0);
    expect(first?.width).toBeCloseTo((100 * 365) / 1461, 6);
    expect(second?.left).toBeCloseTo((100 * 731) / 1461, 6);
    expect(time?.today).toBeCloseTo((100 * 731) / 1461, 6);
  });

  it("tells that there are no dates, and when today is beyond them", () => {
    expect(timelineOf([node("N", "Nada")], "2026-01-01")).toBeNull();
    expect(timelineOf(dated, "2031-05-05")?.today).toBeNull();
  });
});
