/** The plan's tree: counting, filtering, and the neighbours of one initiative. Pure. */

import { fold } from "./format";
import type { Plan, PlanBranch, PlanNode, Strategy } from "./types";

export interface Counts {
  all: number;
  placed: number;
  invented: number;
}

export interface PlanFilter {
  text: string;
  onlyPlaced: boolean;
}

/** How many initiatives hang from these nodes, themselves included. */
export function count(nodes: PlanNode[]): Counts {
  const sum: Counts = { all: 0, placed: 0, invented: 0 };
  for (const node of nodes) {
    const below = count(node.children);
    sum.all += 1 + below.all;
    sum.placed += Number(node.placed) + below.placed;
    sum.invented += Number(node.invented) + below.invented;
  }
  return sum;
}

export function countPlan(plan: Plan): Counts {
  return count(plan.strategies.flatMap((s) => s.plans.flatMap((p) => p.children)));
}

/** The tree with only what passes, its ancestors kept; an ancestor that passes keeps no other child. */
export function filterPlan(plan: Plan, filter: PlanFilter): { plan: Plan; matches: number } {
  const words = fold(filter.text).split(/\s+/).filter(Boolean);
  if (!words.length && !filter.onlyPlaced) return { plan, matches: countPlan(plan).all };
  let matches = 0;
  const passes = (node: PlanNode) => {
    const text = fold(
      [node.title, node.code, node.theme_title, node.kind_title, node.status_title, node.place_hint].join(" "),
    );
    return words.every((word) => text.includes(word)) && (!filter.onlyPlaced || node.placed);
  };
  const keep = (node: PlanNode): PlanNode[] => {
    const isMatch = passes(node);
    if (isMatch) matches += 1;
    const children = node.children.flatMap(keep);
    return isMatch || children.length ? [{ ...node, children }] : [];
  };
  const branches = (branch: PlanBranch): PlanBranch[] => {
    const children = branch.children.flatMap(keep);
    return children.length ? [{ ...branch, children }] : [];
  };
  const strategies = plan.strategies.flatMap((strategy): Strategy[] => {
    const plans = strategy.plans.flatMap(branches);
    return plans.length ? [{ ...strategy, plans }] : [];
  });
  return { plan: { ...plan, strategies }, matches };
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
