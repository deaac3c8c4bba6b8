// Loadline's own test: VUs rise in a straight line, or as STAGES has it; each sends one request, thinks, and starts again.
// Every knob is an environment variable, so `k6 run` alone can use the script too:
//   TARGET_URL=http://127.0.0.1:8080/boards VUS=50 DURATION=1m k6 run k6/ramp.js
import { sleep } from 'k6';
import { needTarget, options as common, send } from './lib/request.js';

const thinkSeconds = Number(__ENV.THINK_TIME || '1');
const straight = [{ duration: __ENV.DURATION || '10m', target: Number(__ENV.VUS || '6000') }];

export const options = {
  ...common,
  scenarios: {
    ramp: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: __ENV.STAGES ? JSON.parse(__ENV.STAGES) : straight,
      gracefulStop: '10s',
    },
  },
};

export const setup = needTarget;

export default function () {
  send();
  sleep(thinkSeconds);
}
