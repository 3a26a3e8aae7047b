// What a k6 user in CI would write: every request must succeed, or the run's exit code is 99.
import http from 'k6/http';

export const options = {
  vus: 2,
  iterations: 4,
  discardResponseBodies: __ENV.DISCARD === 'yes',
  thresholds: { http_req_failed: ['rate==0'] },
};

export default function () {
  const answer = http.get(__ENV.TARGET, { headers: { 'Accept-Encoding': 'gzip' }, timeout: `${__ENV.PATIENCE}s` });
  if (answer.error_code) console.log(`error_code=${answer.error_code};`);
}

export function handleSummary(data) {
  const failed = data.metrics.http_req_failed.values;
  return { stdout: JSON.stringify({ failed: failed.passes, succeeded: failed.fails }) };
}
