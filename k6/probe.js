// The probe: a few requests a second all day, so that a promise is checked where no user is awake. It tests no load, so it has
// the tag "probe" and no testid: rules and boards of load tests leave it out, and rules of every day take nothing else.
//   TARGET_URL=http://10.0.1.12:8080/boards k6 run -o experimental-prometheus-rw k6/probe.js
// It ends after a day to be started again, as k6 keeps every value of its trends in memory (it does not with --no-summary and
// --no-thresholds, as Compose starts it).
import { needTarget, options as common, send } from './lib/request.js';

const patience = { timeout: __ENV.PROBE_TIMEOUT || '10s' };

export const options = {
  ...common,
  tags: { probe: __ENV.PROBE_NAME || 'requests' },
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

export const setup = needTarget;

export default function () {
  send(patience);
}
