// A worker for each core, which share a port, as services in production have them.
import cluster from "node:cluster";
import { availableParallelism } from "node:os";

export async function serve(prepare, start) {
  if (!cluster.isPrimary) return start();
  await prepare();
  for (let core = 0; core < availableParallelism(); core++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
}

// A small answer, as an API gives it.
export const ANSWER = { id: 7, name: "Anna", group: "a" };
