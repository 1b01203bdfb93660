import { expect, it } from "vitest";
import { en } from "../src/words/en";
import { es } from "../src/words/es";
import { en as chartsEn, es as chartsEs } from "../src/words/charts";
import { en as planEn, es as planEs } from "../src/words/plan";
import { en as emergencyEn, es as emergencyEs } from "../src/words/emergency";
import { findingWords } from "../src/words/finding";
import { en as toolsEn } from "../src/words/tools/en";
import { es as toolsEs } from "../src/words/tools/es";

function texts(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] => {
    const at = `${path}.${key}`;
    if (typeof value === "string") return [[at, value]];
    if (typeof value === "function") return [[at, String((value as (...some: unknown[]) => string)(2, 2, 2, 2))]];
    return texts(value as object, at);
  });
}

it("says everything in both languages, in sentence case and without shouting", () => {
  const [spanish, english] = [
    texts({ ...es, finding: findingWords("es"), tools: toolsEs, ofPlan: planEs, charts: chartsEs, emergency: emergencyEs }),
    texts({ ...en, finding: findingWords("en"), tools: toolsEn, ofPlan: planEn, charts: chartsEn, emergency: emergencyEn }),
  ];
  expect(english.map(([at]) => at)).toEqual(spanish.map(([at]) => at));
  for (const [at, text] of [...spanish, ...english]) {
    expect(text.trim(), at).not.toBe("");
    expect(text, at).not.toContain("!");
    // The name of a datum is written so.
    expect(text.replace(/SIRGAS|HTTPS/, ""), at).not.toMatch(/\b[A-ZÁÉÍÓÚÑ]{5,}\b/);
  }
});

it("counts one as one", () => {
  expect(planEs.plan.summary(1, 0, 0)).toMatch(/^1 iniciativa;/);
  expect(planEs.plan.summary(1250, 0, 0)).toMatch(/^1\.250 iniciativas;/);
  expect(en.here.count(1)).toBe("There is 1 thing under the point you touched.");
});
