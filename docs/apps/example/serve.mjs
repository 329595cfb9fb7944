// Serves the example app on this machine, for a running demo:
//
//   cargo xtask demo --json > demo.json &
//   node docs/apps/example/serve.mjs demo.json

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const CLIENT = "../../../web/node_modules/fhirclient/build/fhir-client.pure.min.js";
/** Where the demo's app is opened from a patient's page. */
const PORT = 9100;

const FILES = {
  "/": ["index.html", "text/html"],
  "/launch.html": ["launch.html", "text/html"],
  "/app.js": ["app.js", "text/javascript"],
  "/launch.js": ["launch.js", "text/javascript"],
  "/smart.js": ["smart.js", "text/javascript"],
  "/dpop.js": ["../dpop.js", "text/javascript"],
  "/fhir-client.js": [CLIENT, "text/javascript"],
};

/** Serves the app to one Ward, whose FHIR bases have these client ids. 0 takes a free port. */
export async function serve(ward, clients, port = PORT) {
  const headers = {
    "content-security-policy": `default-src 'none'; script-src 'self'; connect-src 'self' ${ward}`,
    "cache-control": "no-store",
    // The code in this page's address goes to nobody.
    "referrer-policy": "no-referrer",
  };
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, "http://127.0.0.1");
    const [file, type] = FILES[pathname] ?? [];
    if (pathname === "/clients.json") {
      response.writeHead(200, { ...headers, "content-type": "application/json" });
      response.end(JSON.stringify(clients()));
    } else if (file) {
      response.writeHead(200, { ...headers, "content-type": type });
      response.end(readFileSync(join(HERE, file)));
    } else {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** The client ids of a demo's apps, by FHIR base. */
export function clientsOf({ organisations, apps }) {
  const client = ({ ods }) => apps.find(({ organisation }) => organisation === ods).client_id;
  return Object.fromEntries(organisations.map((one) => [one.fhir_base, client(one)]));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const demo = JSON.parse(readFileSync(argv[2], "utf8"));
  const { url } = await serve(demo.url, () => clientsOf(demo));
  for (const base of Object.keys(clientsOf(demo))) {
    console.log(`${url}launch.html?iss=${encodeURIComponent(base)}`);
  }
}
