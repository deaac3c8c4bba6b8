// Does the target answer at all? One request, before any load, and nothing of it reaches Prometheus. Whatever the reply
// is, there is somebody; where there is none, one line says why and what to do, and k6 ends with 108.
//   TARGET_URL=http://127.0.0.1:8080/boards k6 run --quiet --log-format raw k6/reach.js
import http from 'k6/http';
import exec from 'k6/execution';
import { hosts, target } from './lib/request.js';

export const options = { iterations: 1, throw: true, discardResponseBodies: true, hosts };

const elsewhere = 'Is the server up, the port right, and open to this machine (security group, firewall)?';
const here =
  'Is the server up and the port right? On Linux a server that listens on 127.0.0.1 alone cannot be reached from a ' +
  `container: let it listen on 0.0.0.0, or on ${Object.values(hosts)[0]}; a firewall must let Docker's networks in`;

export default function () {
  try {
    http.get(target, { timeout: '10s', redirects: 0 });
  } catch (error) {
    const place = target.replace(/^https?:\/\/([^/?#]*@)?/, '').replace(/[/?#].*/, '');
    const why = String(error.message || error).replace(/^Get "[^"]*": /, '');
    exec.test.abort(`${place} cannot be reached (${why}). ${Object.keys(hosts).length ? here : elsewhere}`);
  }
}

export function handleSummary() {
  return {};
}
