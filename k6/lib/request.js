// The one request of Loadline's own scripts, and what k6 is to know of it. Every knob is an environment variable.
import http from 'k6/http';
import exec from 'k6/execution';

export const target = __ENV.TARGET_URL;
const name = (target || '').replace(/\/\/[^/]*@/, '//'); // a label is no place for a password
const method = __ENV.METHOD || 'GET';
const body = __ENV.BODY || null;
const params = { headers: JSON.parse(__ENV.REQUEST_HEADERS || '{}'), tags: { name } };

// Names that lead elsewhere than DNS says: in a container, localhost.
export const hosts = JSON.parse(__ENV.LOADLINE_HOSTS || '{}');

export const options = {
  discardResponseBodies: true,
  hosts,
  // Without url, ip, vu and iter: each of their values would be a series of its own.
  systemTags: ['proto', 'method', 'status', 'name', 'scenario', 'expected_response', 'group', 'check', 'error_code'],
};

// For a script's setup(): without a target there is nothing to send.
export function needTarget() {
  if (!target) exec.test.abort('TARGET_URL is not set: give the address to test, http:// or https:// included');
}

export function send(more) {
  http.request(method, target, body, more ? { ...params, ...more } : params);
}
