// The confirmation: requests begin at a constant rate, whatever became of those before (an open model), and nobody thinks.
//   TARGET_URL=http://127.0.0.1:8080/boards RATE=950 VUS=2000 DURATION=60s k6 run k6/hold.js
// One that is due while all VUs wait for a reply is dropped, which k6 counts. No VU is made meanwhile: that takes CPU in
// the very moment in which the system is slow.
import { needTarget, options as common, send } from './lib/request.js';

const rate = Number(__ENV.RATE || '1'); // requests/s
const vus = Number(__ENV.VUS || Math.ceil(2 * rate) + 10);

export const options = {
  ...common,
  scenarios: {
    hold: {
      executor: 'constant-arrival-rate',
      rate: Math.round(1000 * rate), // k6 takes whole numbers only
      timeUnit: '1000s',
      duration: __ENV.DURATION || '60s',
      preAllocatedVUs: vus,
      maxVUs: vus,
      gracefulStop: '0s', // replies that come when nothing is sent any more tell of another load
    },
  },
};

export const setup = needTarget;

export default function () {
  send();
}
