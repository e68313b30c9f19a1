// Builds what a visitor's browser gets: `node static/build.mjs OUT` (called by `python -m portal.assets`).
//
//   OUT/site/main.css   GOV.UK Frontend without its name, then ours; one sheet for both writing directions
//   OUT/site/main.js    one module with only the behaviours we use
//   OUT/js/NAME.js     each other module of static/js: what single pages load for themselves
//   OUT/site/fonts/     Atkinson Hyperlegible Next
//   OUT/recount.py      what anyone may recount a vote with, linked from each result
//   OUT/vendor/         an allow-list of other people's files, copied as they are
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import postcss from "postcss";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const out = resolve(process.argv[2] ?? join(here, "..", "var", "build"));
const browsers = ["chrome100", "edge100", "firefox100", "safari15.4"];

const font = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next";
const copies = {
  [`${font}-latin-wght-normal.woff2`]: "site/fonts/atkinson-latin.woff2",
  [`${font}-latin-wght-italic.woff2`]: "site/fonts/atkinson-latin-italic.woff2",
  [`${font}-latin-ext-wght-normal.woff2`]: "site/fonts/atkinson-latin-ext.woff2",
  [`${font}-latin-ext-wght-italic.woff2`]: "site/fonts/atkinson-latin-ext-italic.woff2",
  "leaflet/dist/leaflet.js": "vendor/leaflet/leaflet.js",
  "leaflet/dist/leaflet.css": "vendor/leaflet/leaflet.css",
  "leaflet/dist/images/layers.png": "vendor/leaflet/images/layers.png",
  "leaflet/dist/images/layers-2x.png": "vendor/leaflet/images/layers-2x.png",
  "leaflet/dist/images/marker-icon.png": "vendor/leaflet/images/marker-icon.png",
  "leaflet/dist/images/marker-icon-2x.png": "vendor/leaflet/images/marker-icon-2x.png",
  "leaflet/dist/images/marker-shadow.png": "vendor/leaflet/images/marker-shadow.png",
};

const side = { left: "start", right: "end" };

/** Left and right become start and end, so that one sheet serves both writing directions. */
const logical = {
  postcssPlugin: "logical",
  Declaration(declaration) {
    const { prop, value } = declaration;
    let match;
    if ((match = /^(margin|padding|border)-(left|right)(-color|-width|-style)?$/.exec(prop))) {
      declaration.prop = `${match[1]}-inline-${side[match[2]]}${match[3] ?? ""}`;
    } else if (prop in side) {
      declaration.prop = `inset-inline-${side[prop]}`;
    } else if (prop === "text-align" && value in side) {
      declaration.value = side[value];
    } else if (prop === "float" && value in side) {
      declaration.value = `inline-${side[value]}`;
    } else if (/^(margin|padding)$/.test(prop)) {
      const parts = postcss.list.space(value);
      if (parts.length === 4 && parts[1] !== parts[3]) {
        declaration.cloneBefore({ prop: `${prop}-block`, value: `${parts[0]} ${parts[2]}` });
        declaration.cloneBefore({ prop: `${prop}-inline`, value: `${parts[3]} ${parts[1]}` });
        declaration.remove();
      }
    }
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "site", "fonts"), { recursive: true });

for (const [from, to] of Object.entries(copies)) {
  mkdirSync(dirname(join(out, to)), { recursive: true });
  if (/\.(js|css)$/.test(to)) {
    // A source map we do not ship would stop the hashing of file names.
    writeFileSync(join(out, to), readFileSync(join(modules, from), "utf8").replace(/^\/[/*]# sourceMappingURL=.*$/m, ""));
  } else {
    copyFileSync(join(modules, from), join(out, to));
  }
}

copyFileSync(join(here, "recount.py"), join(out, "recount.py"));

const govuk = sass.compile(join(here, "css", "govuk.scss"), {
  loadPaths: [join(modules, "govuk-frontend", "dist")],
  quietDeps: true,
});
const turned = postcss([logical]).process(govuk.css, { from: undefined }).css;

const shared = { bundle: true, minify: true, write: true, target: browsers, legalComments: "none", logLevel: "warning" };
await esbuild.build({
  ...shared,
  entryPoints: { main: join(here, "css", "main.css") },
  outdir: join(out, "site"),
  external: ["*.woff2", "*.svg", "*.png"],
  plugins: [
    {
      name: "govuk",
      setup(build) {
        build.onResolve({ filter: /^govuk$/ }, () => ({ path: "govuk.css", namespace: "govuk" }));
        build.onLoad({ filter: /.*/, namespace: "govuk" }, () => ({ contents: turned, loader: "css" }));
        // Each room's sheet in static/css/components is taken up by being there.
        build.onResolve({ filter: /^components$/ }, () => ({ path: "components.css", namespace: "components" }));
        build.onLoad({ filter: /.*/, namespace: "components" }, () => {
          const sheets = readdirSync(join(here, "css", "components")).filter((name) => name.endsWith(".css")).sort();
          return { contents: sheets.map((name) => `@import "./${name}";`).join("\n"), loader: "css", resolveDir: join(here, "css", "components") };
        });
      },
    },
  ],
});
const scripts = { ...shared, format: "esm", nodePaths: [modules] };
await esbuild.build({ ...scripts, entryPoints: [join(here, "js", "main.js")], outdir: join(out, "site") });
const alone = readdirSync(join(here, "js")).filter((name) => name.endsWith(".js") && name !== "main.js");
await esbuild.build({ ...scripts, entryPoints: alone.map((name) => join(here, "js", name)), outdir: join(out, "js"), outbase: join(here, "js") });
