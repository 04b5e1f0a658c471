// The smallest Probot app that does a receiver's work: verify, parse, push to Redis, answer. One process for each PROCESSES.
import cluster from "node:cluster";
import { generateKeyPairSync } from "node:crypto";
import http from "node:http";
import Redis from "ioredis";
import { createNodeMiddleware, createProbot } from "probot";

const { PORT, PROCESSES, REDIS_SOCKET, SECRET } = process.env;

if (cluster.isPrimary && Number(PROCESSES) > 1) {
  for (let n = 0; n < Number(PROCESSES); n++) cluster.fork();
} else {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const redis = new Redis(REDIS_SOCKET);
  const probot = createProbot({ overrides: { appId: 1, privateKey, secret: SECRET, logLevel: "error" } });
  const app = (app) => app.onAny(({ id, name, payload }) => redis.rpush("deliveries", JSON.stringify({ id, name, payload })));
  const middleware = await createNodeMiddleware(app, { probot, webhooksPath: "/webhooks/github" });
  http
    .createServer((request, response) => middleware(request, response, () => response.writeHead(404).end()))
    .listen(Number(PORT), "127.0.0.1");
}
