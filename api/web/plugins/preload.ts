import type { HtmlTagDescriptor, Plugin } from "vite";

const asked = (attrs: Record<string, string>): HtmlTagDescriptor => ({ tag: "link", attrs, injectTo: "head" });

/**
 * Asks together with the page for what comes too late when it is found on the way: the one font, which panel and
 * labels wait for, and the map's code, which gives way to what the text needs.
 */
export function preload(): Plugin {
  return {
    name: "sitplan-preload",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {}).flatMap((file) => {
          if (file.endsWith(".woff2")) {
            return asked({ rel: "preload", href: `/${file}`, as: "font", type: "font/woff2", crossorigin: "" });
          }
          if (/\bmap-[^/]*\.js$/.test(file)) {
            return asked({ rel: "modulepreload", href: `/${file}`, fetchpriority: "low", crossorigin: "" });
          }
          return [];
        }),
    },
  };
}
