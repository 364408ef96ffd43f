// Talking to the server with a device's token. Whatever fails leaves the queue as it was.
const PATIENCE = 12_000;

export class Refused extends Error {
  constructor(status, code, message) { super(message); this.status = status; this.code = code; }
}

export async function ask(address, { token, body, binary = false } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(address, {
    method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store",
    signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined,
  });
  if (answer.ok) return binary ? answer.arrayBuffer() : answer.json();
  const told = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, told.code ?? "", told.message ?? "");
}
