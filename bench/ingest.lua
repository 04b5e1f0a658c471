-- wrk: the same signed body again and again, each time with a GUID of its own.
-- wrk ... -- BODY_FILE SIGNATURE PREFIX
local body, head, prefix
local number = 0

function init(args)
  local file = io.open(args[1], "rb")
  body = file:read("*a")
  file:close()
  prefix = args[3]
  head = {
    ["Content-Type"] = "application/json",
    ["User-Agent"] = "GitHub-Hookshot/bench",
    ["X-GitHub-Event"] = "issues",
    ["X-Hub-Signature-256"] = args[2],
  }
end

function request()
  number = number + 1
  head["X-GitHub-Delivery"] = prefix .. "-" .. number
  return wrk.format("POST", "/webhooks/github", head, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %.6f %.3f %d\n", summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
