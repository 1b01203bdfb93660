import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, ApiError, onReach, onWait } from "../src/api";
import { take } from "../src/file";

let counted: number[] = [];
let reached: boolean[] = [];
let body: ReadableStreamDefaultController<Uint8Array>;

/** An answer whose headers have come; its body comes by `body`. */
function beginning(headers: Record<string, string> = {}, status = 200): void {
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
  vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(stream, { status, headers })));
}

const turn = () => new Promise((done) => setTimeout(done));
const send = (text: string) => body.enqueue(new TextEncoder().encode(text));
const count = () => counted.reduce((sum, by) => sum + by, 0);

beforeEach(() => {
  [counted, reached] = [[], []];
  onWait((by) => counted.push(by));
  onReach((ok) => reached.push(ok));
});
afterEach(() => vi.unstubAllGlobals());

test("an answer is waited for, once, until all of it has come", async () => {
  beginning();
  const asked = api.charts("es");
  send('{"charts": ');
  await turn();
  expect(count()).toBe(1);
  send("[]}");
  body.close();
  expect(await asked).toEqual({ charts: [] });
  expect(counted).toEqual([1, -1]);
  expect(reached).toEqual([true]);
});

const file = (told: (bytes: number) => void = () => undefined) =>
  api.file("/api/collections/green_areas/export?f=csv", (answer) => take(answer, told), new AbortController().signal);

test("so is a file, which has a name and tells how much of it is there", async () => {
  beginning({ "Content-Disposition": 'attachment; filename="plazas.csv"' });
  const told: number[] = [];
  const asked = file((bytes) => told.push(bytes));
  await turn();
  expect(counted).toEqual([1]);
  send("a,");
  send("ñ");
  body.close();
  const { name, blob } = await asked;
  expect([name, await blob.text()]).toEqual(["plazas.csv", "a,ñ"]);
  expect(told).toEqual([2, 4]);
  expect(counted).toEqual([1, -1]);
});

test("the legend is asked without anybody waiting for it", async () => {
  beginning();
  const asked = api.legend("es", "day");
  await turn();
  expect(count()).toBe(0);
  send("{}");
  body.close();
  await asked;
  expect(counted.every((by) => !by)).toBe(true);
});

test.each([
  ["an answer", () => api.charts("es")],
  ["a file", () => file()],
])("%s that breaks off is one that did not come", async (_, ask) => {
  beginning();
  const asked = ask();
  send('{"charts": ');
  await turn();
  body.error(new TypeError("network error"));
  const fault: unknown = await asked.catch((one: unknown) => one);
  expect(fault).toBeInstanceOf(ApiError);
  expect((fault as ApiError).isUnreachable).toBe(true);
  expect(count()).toBe(0);
  expect(reached.at(-1)).toBe(false);
});

test("what the server refuses is told as it told it", async () => {
  beginning({}, 404);
  const asked = api.charts("es");
  send('{"title": "No existe"}');
  body.close();
  await expect(asked).rejects.toMatchObject({ status: 404, title: "No existe" });
  expect(reached).toEqual([true]);
  expect(count()).toBe(0);
});

test("what is given up, in its body too, is no fault of the server", async () => {
  beginning();
  const giveUp = new AbortController();
  const asked = api.search("plaza", "es", giveUp.signal);
  await turn();
  giveUp.abort();
  body.error(giveUp.signal.reason);
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  expect(reached).toEqual([true]);
  expect(count()).toBe(0);
});
