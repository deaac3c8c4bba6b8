// Loadline's own test: VUs rise in a straight line, or as STAGES has it; each sends one request, thinks, and starts again.
// Every knob is an environment variable, so `k6 run` alone can use the script too:
//   TARGET_URL=http://127.0.0.1:8080/boards VUS=50 DURATION=1m k6 run k6/ramp.js
import http from 'k6/http';
import { sleep } from 'k6';
import exec from 'k6/execution';

const target = __ENV.TARGET_URL;
const name = (target || '').replace(/\/\/[^/]*@/, '//'); // a label is no place for a password
const thinkSeconds = Number(__ENV.THINK_TIME || '1');
const method = __ENV.METHOD || 'GET';
const body = __ENV.BODY || null;
const straight = [{ duration: __ENV.DURATION || '10m', target: Number(__ENV.VUS || '6000') }];
const params = { headers: JSON.parse(__ENV.REQUEST_HEADERS || '{}'), tags: { name } };

export const options = {
  discardResponseBodies: true,
  hosts: JSON.parse(__ENV.LOADLINE_HOSTS || '{}'), // names that lead elsewhere than DNS says: in a container, localhost
  // Without url, ip, vu and iter: each of their values would be a series of its own.
  systemTags: ['proto', 'method', 'status', 'name', 'scenario', 'expected_response', 'group', 'check', 'error_code'],
  scenarios: {
    ramp: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: __ENV.STAGES ? JSON.parse(__ENV.STAGES) : straight,
      gracefulStop: '10s',
    },
  },
};

export function setup() {
  if (!target) exec.test.abort('TARGET_URL is not set: give the address to test, http:// or https:// included');
}

export default function () {
  http.request(method, target, body, params);
  sleep(thinkSeconds);
}
