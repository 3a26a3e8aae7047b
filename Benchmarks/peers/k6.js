// What a k6 user would write to download: bodies are dropped, as the other tools do. The counts come as JSON.
import http from 'k6/http';

export const options = { discardResponseBodies: true };

export default function () {
  http.get(__ENV.TARGET, { headers: { 'Accept-Encoding': 'gzip' } });
}

export function handleSummary(data) {
  const failed = data.metrics.http_req_failed.values;
  return {
    stdout: JSON.stringify({
      requests: data.metrics.http_reqs.values.count,
      failed: failed.passes,
      bytes: data.metrics.data_received.values.count,
    }),
  };
}
