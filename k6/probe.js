// The probe: a few requests a second all day, so that a promise is checked where no user is awake. It tests no load, so it has
// the tag "probe" and no testid: rules and boards of load tests leave it out, and rules of every day take nothing else.
//   TARGET_URL=http://10.0.1.12:8080/boards k6 run -o experimental-prometheus-rw k6/probe.js
// It ends after a day to be started again, as k6 keeps every value of its own trends in memory.
import http from 'k6/http';
import exec from 'k6/execution';

const target = __ENV.TARGET_URL;
const name = (target || '').replace(/\/\/[^/]*@/, '//'); // a label is no place for a password
const params = { tags: { name }, timeout: __ENV.PROBE_TIMEOUT || '10s' };

export const options = {
  discardResponseBodies: true,
  tags: { probe: __ENV.PROBE_NAME || 'requests' },
  // Without url, ip, vu and iter: each of their values would be a series of its own.
  systemTags: ['proto', 'method', 'status', 'name', 'scenario', 'expected_response', 'group', 'check', 'error_code'],
  scenarios: {
    probe: {
      executor: 'constant-arrival-rate', // a slow reply must not make the next request wait
      rate: Number(__ENV.PROBE_RATE || '1'),
      timeUnit: '1s',
      duration: __ENV.PROBE_DURATION || '24h',
      preAllocatedVUs: 2,
      maxVUs: 100,
    },
  },
};

export function setup() {
  if (!target) exec.test.abort('TARGET_URL is not set: give the address to probe, http:// or https:// included');
}

export default function () {
  http.get(target, params);
}
